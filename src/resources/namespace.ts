// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { isDnsLabel } from './names.ts';
import { quote, refuse } from './vocabulary.ts';

/** Namespace: only its labels matter. Cluster-scoped. */
export const namespaceObject = z
  .looseObject({ apiVersion: z.literal('v1'), kind: z.literal('Namespace'), metadata })
  .check(context => {
    const { name } = context.value.metadata;
    if (isDnsLabel(name)) return;
    refuse(context, {
      code: 'schema/metadata-name',
      path: ['metadata', 'name'],
      message: `${quote(name)} cannot be the name of a Namespace`,
      help: 'write up to 63 lower case letters, digits and "-"',
    });
  });
export type Namespace = Immutable<z.output<typeof namespaceObject>>;
