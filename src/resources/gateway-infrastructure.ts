// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { localReference } from './references.ts';
import { type Checked, quote, refuse, text, textMap } from './vocabulary.ts';

const KEY =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const MAX_PREFIX = 252;

function refuseKeys(context: Checked & { value: Record<string, string> }): void {
  for (const key of Object.keys(context.value)) {
    if (KEY.test(key) && (key.split('/')[0] ?? '').length <= MAX_PREFIX) continue;
    refuse(context, {
      code: 'schema/pattern',
      path: [key],
      message: `${quote(key)} cannot be a key`,
      help: 'write a name of up to 63 letters, digits, "-", "_" and ".", with a domain and "/" before it if you like',
    });
  }
}

const labelValue = text({ max: 63, pattern: LABEL_VALUE, is: 'a label value: letters, digits, "-", "_" and "."' });

/** What is made for a Gateway: labels and annotations for it, and the implementation's parameters. */
export const infrastructure = z.strictObject({
  labels: textMap(labelValue, 8).check(refuseKeys).exactOptional(),
  annotations: textMap(text({ max: 4096 }), 16)
    .check(refuseKeys)
    .exactOptional(),
  parametersRef: localReference.exactOptional(),
});
