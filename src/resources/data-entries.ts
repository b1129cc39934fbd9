// SPDX-License-Identifier: Apache-2.0

/** The data of Secrets and ConfigMaps. */
import { texts } from './labels.ts';
import { type Checked, quote, refuse } from './vocabulary.ts';

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function refuseKeys(context: Checked & { value: Record<string, string> }): void {
  for (const key of Object.keys(context.value)) {
    if (KEY.test(key) && key !== '.' && !key.startsWith('..')) continue;
    refuse(context, {
      code: 'schema/data-key',
      path: [key],
      message: `${quote(key)} cannot be a key`,
      help: 'write letters, digits, "-", "_" and ".", as in the name of a file',
    });
  }
}

/** What daemun shows in place of each secret value. */
export const REDACTED = '[redacted]';

/** Text by key. */
export const textEntries = texts.check(refuseKeys);

const NOT_BASE64 = {
  message: 'is not base64',
  help: 'encode it (base64 -w0 FILE); for plain text use stringData in a Secret, data in a ConfigMap',
};
/** Of what `daemun get` printed. */
const TAKEN_OUT = {
  message: 'is what daemun shows in place of a secret, not the secret',
  help: 'take the Secret from where it was written, or from kubectl get secret',
};

/** Base64 by key. Line breaks in it are allowed. */
export const base64Entries = texts.check(refuseKeys).check(context => {
  for (const [key, value] of Object.entries(context.value)) {
    if (BASE64.test(value.replace(/[\r\n]/g, ''))) continue;
    refuse(context, { code: 'schema/base64', path: [key], ...(value === REDACTED ? TAKEN_OUT : NOT_BASE64) });
  }
});
