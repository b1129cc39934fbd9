// SPDX-License-Identifier: Apache-2.0

/** The metadata that every object has (ObjectMeta). */
import * as z from 'zod';
import type { Immutable } from './immutable.ts';

const MAX_INT64 = 2 ** 63;

const ownerReference = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().exactOptional(),
  blockOwnerDeletion: z.boolean().exactOptional(),
});

const managedFields = z.strictObject({
  manager: z.string().exactOptional(),
  operation: z.string().exactOptional(),
  apiVersion: z.string().exactOptional(),
  time: z.string().exactOptional(),
  fieldsType: z.string().exactOptional(),
  fieldsV1: z.looseObject({}).exactOptional(),
  subresource: z.string().exactOptional(),
});

const int64 = z.number().min(-MAX_INT64).max(MAX_INT64);

/** Labels and annotations are {} when absent; `namespace` is '' for cluster-scoped kinds. */
export const metadata = z.strictObject({
  name: z.string(),
  namespace: z.string().default(''),
  generateName: z.string().exactOptional(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  generation: int64.default(1),
  uid: z.string().exactOptional(),
  resourceVersion: z.string().exactOptional(),
  creationTimestamp: z.string().exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
  deletionGracePeriodSeconds: int64.exactOptional(),
  selfLink: z.string().exactOptional(),
  finalizers: z.array(z.string()).exactOptional(),
  ownerReferences: z.array(ownerReference).exactOptional(),
  managedFields: z.array(managedFields).exactOptional(),
});
export type Metadata = Immutable<z.output<typeof metadata>>;
