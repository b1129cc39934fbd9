// SPDX-License-Identifier: Apache-2.0

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX = 5;
const MAX_BASE = 63 - SUFFIX;

/**
 * The name of an object that has only `generateName`: the base and five letters, as an API server makes it. Here the
 * letters follow from the object, so that it keeps its name from one reading to the next.
 */
export function generatedName(base: string, object: unknown): string {
  let hash = 0x811c9dc5;
  for (const unit of Buffer.from(JSON.stringify(object))) hash = Math.imul(hash ^ unit, 0x01000193) >>> 0;
  let suffix = '';
  for (let index = 0; index < SUFFIX; index += 1) {
    suffix += ALPHABET[hash % ALPHABET.length];
    hash = Math.floor(hash / ALPHABET.length);
  }
  return base.slice(0, MAX_BASE) + suffix;
}
