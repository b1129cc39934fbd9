// SPDX-License-Identifier: Apache-2.0

/**
 * A well-mixed 32-bit hash of a text (MurmurHash3 x86 32 over UTF-16 units), unsigned. The same in every worker and
 * process, so that hash balancers of all workers agree. Not for adversaries: whoever chooses the key chooses the endpoint.
 */
export function hashText(text: string, seed = 0): number {
  let h = seed | 0;
  const length = text.length;
  for (let i = 0; i + 1 < length; i += 2) {
    h ^= mixBlock(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  if ((length & 1) === 1) h ^= mixBlock(text.charCodeAt(length - 1));
  h ^= length * 2;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}

function mixBlock(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}
