// SPDX-License-Identifier: Apache-2.0

/** Labels and annotations of objects, with the rules of their keys and values. */
import * as z from 'zod';
import { isDnsSubdomain } from './names.ts';
import { type Checked, quote, refuse } from './vocabulary.ts';

const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const MAX_PART = 63;
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

/** True for a qualified name: up to 63 letters, digits, "-", "_" and ".", after an optional domain and "/". */
export function isQualifiedName(value: string): boolean {
  const slash = value.indexOf('/');
  const name = value.slice(slash + 1);
  if (slash >= 0 && !isDnsSubdomain(value.slice(0, slash))) return false;
  return name.length <= MAX_PART && NAME_PART.test(name);
}

/** True for a label's value; it may be empty. */
export function isLabelValue(value: string): boolean {
  return value === '' || (value.length <= MAX_PART && NAME_PART.test(value));
}

// In fields that are not a CRD's a null is the empty value.
const textOrNull = z.preprocess(value => value ?? '', z.string());
/** A map of texts in a field that is not a CRD's. */
export const texts = z.record(z.string(), textOrNull);

const KEY_HELP = 'write a name of up to 63 letters, digits, "-", "_" and ".", after a domain and "/" if you like';

/** The labels of an object. */
export const labels = texts.check(context => {
  for (const [key, value] of Object.entries(context.value)) {
    const reject = (message: string, help: string) =>
      refuse(context, { code: 'schema/metadata-label', path: [key], message, help });
    if (!isQualifiedName(key)) reject(`${quote(key)} cannot be the key of a label`, KEY_HELP);
    if (!isLabelValue(value)) {
      const help = 'write up to 63 letters, digits, "-", "_" and ".", a letter or digit first and last';
      reject(`${quote(value)} cannot be the value of a label`, help);
    }
  }
});

/** The annotations of an object. */
export const annotations = texts.check(context => {
  for (const key of Object.keys(context.value)) {
    if (isQualifiedName(key.toLowerCase())) continue;
    const message = `${quote(key)} cannot be the key of an annotation`;
    refuse(context, { code: 'schema/metadata-annotation', path: [key], message, help: KEY_HELP });
  }
  refuseLargeAnnotations(context);
});

function refuseLargeAnnotations(context: Checked & { value: Record<string, string> }): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(context.value)) bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  if (bytes <= MAX_ANNOTATIONS_BYTES) return;
  refuse(context, {
    code: 'schema/metadata-annotation',
    message: `the annotations have ${bytes} bytes together, at most ${MAX_ANNOTATIONS_BYTES} are allowed`,
    help: 'keep large data in a ConfigMap',
  });
}
