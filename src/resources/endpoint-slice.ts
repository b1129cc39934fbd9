// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { port } from './references.ts';
import { protocol } from './service-port.ts';
import { list } from './vocabulary.ts';

const targetReference = z.looseObject({
  kind: z.string().exactOptional(),
  namespace: z.string().exactOptional(),
  name: z.string().exactOptional(),
});

/** Whom an endpoint is for: a name of a zone or of a node. */
const hint = z.looseObject({ name: z.string() });

const endpoint = z.looseObject({
  addresses: list(z.string(), { min: 1, max: 100 }),
  /** An absent condition is unknown: `ready` then counts as true, the others as false. */
  conditions: z
    .looseObject({
      ready: z.boolean().exactOptional(),
      serving: z.boolean().exactOptional(),
      terminating: z.boolean().exactOptional(),
    })
    .default({}),
  hostname: z.string().exactOptional(),
  nodeName: z.string().exactOptional(),
  zone: z.string().exactOptional(),
  /** Which clients should prefer it, by where they are. */
  hints: z
    .looseObject({ forZones: z.array(hint).exactOptional(), forNodes: z.array(hint).exactOptional() })
    .exactOptional(),
  targetRef: targetReference.exactOptional(),
});

/** EndpointSlice: addresses of a Service's endpoints. The label kubernetes.io/service-name says whose. */
export const endpointSlice = z.looseObject({
  apiVersion: z.literal('discovery.k8s.io/v1'),
  kind: z.literal('EndpointSlice'),
  metadata,
  addressType: z.enum(['IPv4', 'IPv6', 'FQDN']),
  endpoints: list(endpoint, { max: 1000 }).default([]),
  ports: z
    .array(
      z.looseObject({
        name: z.string().default(''),
        protocol,
        port: port.exactOptional(),
        appProtocol: z.string().exactOptional(),
      }),
    )
    .default([]),
});
export type EndpointSlice = Immutable<z.output<typeof endpointSlice>>;
