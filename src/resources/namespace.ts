// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';

/** Namespace: only its labels matter. Cluster-scoped. */
export const namespaceObject = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Namespace'),
  metadata,
});
export type Namespace = Immutable<z.output<typeof namespaceObject>>;
