// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { port } from './references.ts';
import { protocol } from './service-port.ts';

const address = z.looseObject({
  ip: z.string(),
  hostname: z.string().exactOptional(),
  nodeName: z.string().exactOptional(),
  targetRef: z.looseObject({ kind: z.string().exactOptional(), name: z.string().exactOptional() }).exactOptional(),
});

const subset = z.looseObject({
  addresses: z.array(address).default([]),
  notReadyAddresses: z.array(address).default([]),
  ports: z
    .array(z.looseObject({ name: z.string().default(''), port, protocol, appProtocol: z.string().exactOptional() }))
    .default([]),
});

/** Endpoints: the older form of EndpointSlices, of the Service with the same name. */
export const endpoints = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Endpoints'),
  metadata,
  subsets: z.array(subset).default([]),
});
export type Endpoints = Immutable<z.output<typeof endpoints>>;
