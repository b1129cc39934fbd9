// SPDX-License-Identifier: Apache-2.0

/**
 * A 64-bit hash of `text` as 16 hex digits (two FNV-1a lanes with different seeds). It tells versions of one object
 * apart; it is no protection against someone who looks for collisions, and nothing relies on it for that.
 */
export function contentHash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + index), 0x01000193);
  }
  return hex(high) + hex(low);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
