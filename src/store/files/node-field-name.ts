// SPDX-License-Identifier: Apache-2.0

import { isScalar, Scalar } from 'yaml';
import { fieldName } from './yaml-schema.ts';

/** The name of the field that a mapping's key stands for, read as kubectl reads it. */
export function nodeFieldName(key: unknown): string {
  if (!isScalar(key)) return String(key);
  const isPlain = key.type === Scalar.PLAIN && key.tag === undefined;
  return fieldName(isPlain ? (key.source ?? String(key.value)) : String(key.value), isPlain);
}
