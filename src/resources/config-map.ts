// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { base64Entries, textEntries } from './data-entries.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';

/** ConfigMap: `data` is text, `binaryData` base64. */
export const configMap = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata,
  data: textEntries.default({}),
  binaryData: base64Entries.default({}),
  immutable: z.boolean().exactOptional(),
});
export type ConfigMap = Immutable<z.output<typeof configMap>>;
