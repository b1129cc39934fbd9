// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { port } from './references.ts';

/** TCP, UDP or SCTP. */
export const protocol = z.enum(['TCP', 'UDP', 'SCTP']).default('TCP');

const servicePort = z
  .looseObject({
    name: z.string().default(''),
    protocol,
    port,
    targetPort: z.union([z.string(), z.number()]).exactOptional(),
    appProtocol: z.string().exactOptional(),
  })
  .transform(value => ({ ...value, targetPort: value.targetPort ?? value.port }));

/** Service, as far as routing needs it. Unknown fields are kept. */
export const service = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z
    .looseObject({
      type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).default('ClusterIP'),
      /** `None`: headless. */
      clusterIP: z.string().exactOptional(),
      externalName: z.string().exactOptional(),
      selector: z.record(z.string(), z.string()).default({}),
      ports: z.array(servicePort).default([]),
    })
    .prefault({}),
});
export type Service = Immutable<z.output<typeof service>>;
export type ServicePort = Service['spec']['ports'][number];
