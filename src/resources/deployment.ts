// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { labelSelector } from './label-selector.ts';
import { metadata } from './metadata.ts';
import { integer } from './vocabulary.ts';

const container = z.looseObject({
  name: z.string(),
  ports: z.array(z.looseObject({ name: z.string().exactOptional(), containerPort: integer(1, 65535) })).default([]),
});

/** Deployment, as far as the demo needs it: how many pods, which labels, which ports. */
export const deployment = z.looseObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: z.looseObject({
    replicas: integer(0, 2 ** 31 - 1).default(1),
    selector: labelSelector,
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }).prefault({}),
      spec: z.looseObject({ containers: z.array(container).default([]) }).prefault({}),
    }),
  }),
});
export type Deployment = Immutable<z.output<typeof deployment>>;
