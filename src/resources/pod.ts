// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';

const condition = z.looseObject({ type: z.string(), status: z.string() });

/** Pod, as far as an XBackend selects it, by its labels, and as a client: where it is. */
export const pod = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Pod'),
  metadata,
  /** `hostNetwork`: it has the addresses of its node, and shares them with others. */
  spec: z.looseObject({ hostNetwork: z.boolean().default(false) }).prefault({}),
  status: z
    .looseObject({
      phase: z.string().default(''),
      /** '': it has no address yet. */
      podIP: z.string().default(''),
      /** One of each family at most, `podIP` first; [] where only that is said. */
      podIPs: z.array(z.looseObject({ ip: z.string() })).default([]),
      conditions: z.array(condition).default([]),
    })
    .prefault({}),
});
export type Pod = Immutable<z.output<typeof pod>>;
