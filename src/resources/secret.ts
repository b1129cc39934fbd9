// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { base64Entries, textEntries } from './data-entries.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { refuse } from './vocabulary.ts';

/** Secret: `data` is base64; `stringData` is merged into it, as an API server does. */
export const secret = z
  .looseObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Secret'),
    metadata,
    type: z.preprocess(value => (value === '' ? 'Opaque' : value), z.string()).prefault(''),
    data: base64Entries.default({}),
    stringData: textEntries.exactOptional(),
    immutable: z.boolean().exactOptional(),
  })
  .transform(({ stringData, ...value }) => {
    if (stringData === undefined) return value;
    const data = { ...value.data };
    for (const [key, plain] of Object.entries(stringData)) data[key] = Buffer.from(plain).toString('base64');
    return { ...value, data };
  })
  .check(context => {
    if (context.value.type !== 'kubernetes.io/tls') return;
    for (const key of ['tls.crt', 'tls.key']) {
      if (context.value.data[key] !== undefined) continue;
      refuse(context, {
        code: 'schema/data-key',
        path: ['data', key],
        message: `a Secret of type kubernetes.io/tls needs ${key}`,
        help: 'add it: PEM in base64 (or plain in stringData)',
      });
    }
  });
export type Secret = Immutable<z.output<typeof secret>>;
