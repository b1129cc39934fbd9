// SPDX-License-Identifier: Apache-2.0

/** The metadata that every object has (ObjectMeta). */
import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { annotations, isQualifiedName, labels } from './labels.ts';
import { isDnsSubdomain } from './names.ts';
import { ownerReferences } from './owner-reference.ts';
import { timestamp } from './timestamp.ts';
import { integer, quote, refuse } from './vocabulary.ts';

const managedFields = z.strictObject({
  manager: z.string().exactOptional(),
  operation: z.string().exactOptional(),
  apiVersion: z.string().exactOptional(),
  time: timestamp.exactOptional(),
  fieldsType: z.string().exactOptional(),
  fieldsV1: z.unknown().exactOptional(),
  subresource: z.string().exactOptional(),
});

const finalizers = z.array(z.preprocess(value => value ?? '', z.string())).check(context => {
  for (const [index, finalizer] of context.value.entries()) {
    if (isQualifiedName(finalizer)) continue;
    refuse(context, {
      code: 'schema/metadata-finalizer',
      path: [index],
      message: `${quote(finalizer)} cannot be the name of a finalizer`,
      help: 'write a name such as example.com/cleanup',
    });
  }
  if (!context.value.includes('orphan') || !context.value.includes('foregroundDeletion')) return;
  refuse(context, {
    code: 'schema/metadata-finalizer',
    message: 'orphan and foregroundDeletion contradict each other',
    help: 'remove one of them',
  });
});

const int64 = integer(-(2 ** 63));

const name = z.string().check(context => {
  if (isDnsSubdomain(context.value)) return;
  const isMissing = context.value === '';
  refuse(context, {
    code: 'schema/metadata-name',
    message: isMissing ? 'the object has no name' : `${quote(context.value)} cannot be the name of an object`,
    help: `write ${isMissing ? 'name: with ' : ''}lower case letters, digits, "-" and ".", at most 253, such as my-route`,
  });
});

// The API server puts letters behind it, so it may end in "-".
const generateName = z.string().check(context => {
  const { value } = context;
  const masked = value.length > 1 && value.endsWith('-') ? `${value.slice(0, -2)}a` : value;
  if (value === '' || isDnsSubdomain(masked)) return;
  refuse(context, {
    code: 'schema/metadata-name',
    message: `${quote(value)} cannot be the beginning of an object's name`,
    help: 'write lower case letters, digits, "-" and ".", such as my-route-',
  });
});

/** Labels and annotations are {} when absent; `namespace` is '' for cluster-scoped kinds. */
export const metadata = z.strictObject({
  name: name.prefault(''),
  /** Filled in and checked before the object is parsed, as it depends on the kind. */
  namespace: z.string().default(''),
  generateName: generateName.exactOptional(),
  labels: labels.default({}),
  annotations: annotations.default({}),
  generation: int64.default(1),
  uid: z.string().exactOptional(),
  resourceVersion: z.string().exactOptional(),
  creationTimestamp: timestamp.exactOptional(),
  deletionTimestamp: timestamp.exactOptional(),
  deletionGracePeriodSeconds: int64.exactOptional(),
  selfLink: z.string().exactOptional(),
  finalizers: finalizers.exactOptional(),
  ownerReferences: ownerReferences.exactOptional(),
  managedFields: z.array(z.preprocess(value => value ?? {}, managedFields)).exactOptional(),
});
export type Metadata = Immutable<z.output<typeof metadata>>;
