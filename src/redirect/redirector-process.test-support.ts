// SPDX-License-Identifier: Apache-2.0

/** A process that redirects one port of a Service to the node, tells so, and waits for its end. */
import { systemClock } from '../time/index.ts';
import { NODE, SERVICE } from './own-machine.test-support.ts';
import { Redirector } from './redirector.ts';

const redirector = new Redirector({ clock: systemClock, exemptGroup: null, onState: () => undefined });
await redirector.start();
await redirector.set([{ address: SERVICE.ipv4, port: 80, to: { address: NODE.ipv4, port: 9000 } }]);
process.stdout.write('live\n');
setInterval(() => undefined, 60_000);
