// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { isDnsLabel } from './names.ts';
import { port } from './references.ts';
import { type Checked, choice, quote, refuse } from './vocabulary.ts';

/** TCP, UDP or SCTP; TCP when it is not written. */
export const protocol = choice(['TCP', 'UDP', 'SCTP'], 'TCP');

// A name in the sense of RFC 6335.
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/;

const targetPort = z.union([z.string(), z.number()]).check(context => {
  const { value } = context;
  const isFine = typeof value === 'string' ? PORT_NAME.test(value) || value === '' : value >= 0 && value <= 65535;
  if (isFine && (typeof value === 'string' || Number.isInteger(value))) return;
  refuse(context, {
    code: 'schema/range',
    message: `${quote(value)} cannot be a port`,
    help: 'write a number from 1 to 65535, or the name of a container port (up to 15 letters, digits and "-")',
  });
});

const servicePort = z
  .looseObject({
    name: z.string().default(''),
    protocol,
    port,
    targetPort: targetPort.exactOptional(),
    appProtocol: z.string().exactOptional(),
  })
  .transform(value => ({ ...value, targetPort: value.targetPort || value.port }));

/** The ports of a Service: named when there are several, each name and number once. */
export const servicePorts = z.array(servicePort).check(context => {
  const names = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, each] of context.value.entries()) {
    refuseName(context, index, each.name, names);
    const socket = `${each.port}/${each.protocol}`;
    if (numbers.has(socket)) {
      refuse(context, {
        code: 'schema/service-port',
        path: [index, 'port'],
        message: `port ${socket} is there twice`,
        help: 'remove one of them',
      });
    }
    numbers.add(socket);
  }
});

function refuseName(
  context: Checked & { value: readonly unknown[] },
  index: number,
  name: string,
  taken: Set<string>,
): void {
  const reject = (message: string, help: string) =>
    refuse(context, { code: 'schema/service-port', path: [index, 'name'], message, help });
  if (name === '') {
    if (context.value.length > 1) reject('a Service with several ports needs a name for each', 'add name:');
    return;
  }
  if (!isDnsLabel(name))
    reject(`${quote(name)} cannot be the name of a port`, 'write lower case letters, digits and "-"');
  if (taken.has(name)) reject(`${quote(name)} is the name of another port, too`, 'give each port a name of its own');
  taken.add(name);
}
