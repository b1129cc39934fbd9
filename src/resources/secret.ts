// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';

/** Secret: `data` is base64; `stringData` is merged into it, as an API server does. */
export const secret = z
  .looseObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Secret'),
    metadata,
    type: z.string().default('Opaque'),
    data: z.record(z.string(), z.string()).default({}),
    stringData: z.record(z.string(), z.string()).exactOptional(),
    immutable: z.boolean().exactOptional(),
  })
  .transform(({ stringData, ...value }) => {
    if (stringData === undefined) return value;
    const data = { ...value.data };
    for (const [key, plain] of Object.entries(stringData)) data[key] = Buffer.from(plain).toString('base64');
    return { ...value, data };
  });
export type Secret = Immutable<z.output<typeof secret>>;
