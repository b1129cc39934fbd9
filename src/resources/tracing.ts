// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { fraction } from './fraction.ts';
import type { Immutable } from './immutable.ts';
import { headerName, headerValue } from './names.ts';
import { backendObjectReference } from './references.ts';
import { isObject } from './shape.ts';
import { list, onlyWith, text } from './vocabulary.ts';

const NAME = /^[a-zA-Z0-9_.:/-]+$/;
const SPAN_NAME = /^[a-zA-Z0-9_.:/-]+( [a-zA-Z0-9_.:/-]+)*$/;
const ATTRIBUTE_KEY = /^[a-z0-9_.-]+$/;

const onlyEnabled = onlyWith('mode', 'Enabled', 'schema/tracing-field');
const onlyFrom = (source: string) => onlyWith('sourceType', source, 'schema/tracing-field');

const attributeName = text({ min: 1, max: 256, pattern: NAME, is: 'an attribute such as http.tenant' });

/** An attribute of spans: `sourceType` tells where its value comes from. */
const attribute = z.discriminatedUnion('sourceType', [
  z.strictObject({
    name: attributeName,
    sourceType: z.literal('Header'),
    headerName,
    literalValue: onlyFrom('Literal'),
    attributeKey: onlyFrom('Attribute'),
  }),
  z.strictObject({
    name: attributeName,
    sourceType: z.literal('Literal'),
    literalValue: text({ min: 1, max: 1024, is: 'any text' }),
    headerName: onlyFrom('Header'),
    attributeKey: onlyFrom('Attribute'),
  }),
  z.strictObject({
    name: attributeName,
    sourceType: z.literal('Attribute'),
    attributeKey: text({ min: 1, max: 256, pattern: ATTRIBUTE_KEY, is: 'a key such as request.method' }),
    headerName: onlyFrom('Header'),
    literalValue: onlyFrom('Literal'),
  }),
]);
export type TracingAttribute = Immutable<z.output<typeof attribute>>;

const provider = z.strictObject({
  backendRef: backendObjectReference,
  headers: list(z.strictObject({ name: headerName, value: headerValue }), { max: 16, key: 'name' }).exactOptional(),
});

/** The mode that is meant when none is written. */
function withMode(value: unknown): unknown {
  return isObject(value) && value['mode'] === undefined ? { ...value, mode: 'ImplementationDefault' } : value;
}

const parentBasedSampling = z.preprocess(
  withMode,
  z.discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('Enabled'), samplingRate: fraction.exactOptional() }),
    z.strictObject({ mode: z.enum(['Disabled', 'ImplementationDefault']), samplingRate: onlyEnabled }),
  ]),
);

/** Tracing of an XTelemetryPolicy: only `Enabled` has other fields. */
export const tracing = z.preprocess(
  withMode,
  z.discriminatedUnion('mode', [
    z.strictObject({
      mode: z.literal('Enabled'),
      provider,
      samplingRate: fraction.exactOptional(),
      parentBasedSampling: parentBasedSampling.exactOptional(),
      serviceName: text({ min: 1, max: 253, pattern: NAME, is: 'a name such as shop/checkout' }).exactOptional(),
      spanName: text({ min: 1, max: 256, pattern: SPAN_NAME, is: 'a name such as checkout' }).exactOptional(),
      attributes: list(attribute, { max: Number.POSITIVE_INFINITY, key: 'name' }).exactOptional(),
    }),
    z.strictObject({
      mode: z.enum(['Disabled', 'ImplementationDefault']),
      provider: onlyEnabled,
      samplingRate: onlyEnabled,
      parentBasedSampling: onlyEnabled,
      serviceName: onlyEnabled,
      spanName: onlyEnabled,
      attributes: onlyEnabled,
    }),
  ]),
);
export type Tracing = Immutable<z.output<typeof tracing>>;
