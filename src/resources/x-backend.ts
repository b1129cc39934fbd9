// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { isLabelValue, isQualifiedName } from './labels.ts';
import { metadata } from './metadata.ts';
import { preciseHostname } from './names.ts';
import { ancestors } from './policy-status.ts';
import { EXPERIMENTAL_GROUP, port } from './references.ts';
import { sessionPersistence } from './session-persistence.ts';
import { type Checked, onlyWith, quote, refuse, text, textMap } from './vocabulary.ts';
import { xBackendTls } from './x-backend-tls.ts';

const externalHostname = z.strictObject({
  hostname: preciseHostname.check(context => {
    if (!context.value.endsWith('.cluster.local')) return;
    refuse(context, {
      code: 'schema/backend-hostname',
      message: `${quote(context.value)} is a name of the cluster itself`,
      help: 'name the Service in the backendRef instead',
    });
  }),
});

const labelValue = text({ max: 63 }).check(context => {
  if (isLabelValue(context.value)) return;
  refuse(context, {
    code: 'schema/pattern',
    message: `${quote(context.value)} cannot be the value of a label`,
    help: 'write up to 63 letters, digits, "-", "_" and ".", a letter or digit first and last',
  });
});

const matchLabels = textMap(labelValue, 64).check(context => {
  const keys = Object.keys(context.value);
  if (keys.length === 0) {
    refuse(context, {
      code: 'schema/items',
      message: 'must not be empty',
      help: 'write at least one label of the Pods',
    });
  }
  for (const key of keys) {
    if (isQualifiedName(key)) continue;
    refuse(context, {
      code: 'schema/pattern',
      path: [key],
      message: `${quote(key)} cannot be the key of a label`,
      help: 'write a name of up to 63 letters, digits, "-", "_" and ".", after a domain and "/" if you like',
    });
  }
});

const shared = {
  port: z.strictObject({ number: port }),
  protocol: z.enum(['TCP', 'HTTP', 'HTTP2', 'HTTP11', 'H2C', 'MCP', 'GRPC', 'WSS']).exactOptional(),
  tls: xBackendTls.default({ mode: 'None' }),
};

const spec = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('ExternalHostname'),
      ...shared,
      externalHostname,
      endpointSelector: onlyWith('type', 'EndpointSelector', 'schema/backend-field'),
      sessionPersistence: onlyWith('type', 'EndpointSelector', 'schema/backend-field'),
    }),
    z.strictObject({
      type: z.literal('EndpointSelector'),
      ...shared,
      endpointSelector: z.strictObject({ matchLabels }),
      sessionPersistence: sessionPersistence.exactOptional(),
      externalHostname: onlyWith('type', 'ExternalHostname', 'schema/backend-field'),
    }),
  ])
  .check(refuseWrongTls);

const WITH_TLS = new Set(['HTTP2', 'WSS']);

function refuseWrongTls(
  context: Checked & { readonly value: { readonly protocol?: string; readonly tls: { readonly mode: string } } },
): void {
  const { protocol = '', tls } = context.value;
  const hasTls = tls.mode !== 'None';
  if (protocol === 'H2C' && hasTls) {
    refuse(context, {
      code: 'schema/backend-tls',
      path: ['tls', 'mode'],
      message: 'protocol H2C is HTTP/2 without TLS',
      help: 'set protocol: HTTP2, or tls: with mode: None',
    });
  }
  if (WITH_TLS.has(protocol) && !hasTls) {
    refuse(context, {
      code: 'schema/backend-tls',
      path: ['tls', 'mode'],
      message: `protocol ${protocol} needs TLS`,
      help: `set tls: with mode: ServerOnly and validation:${protocol === 'HTTP2' ? ', or protocol: H2C' : ''}`,
    });
  }
}

/** XBackend: a backend that is no Service (GEP-4731): a host outside, or Pods by their labels. Experimental. */
export const xBackend = z.strictObject({
  apiVersion: z.literal(`${EXPERIMENTAL_GROUP}/v1alpha1`),
  kind: z.literal('XBackend'),
  metadata,
  spec,
  status: z.strictObject({ ancestors: ancestors.default([]) }).exactOptional(),
});
export type XBackend = Immutable<z.output<typeof xBackend>>;
