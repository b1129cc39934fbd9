// SPDX-License-Identifier: Apache-2.0
import type { Random } from './random.ts';

/** Longer inputs find little more and cost much. */
export const MAX_INPUT_BYTES = 8_192;
const MAX_STEPS = 6;
/** Bytes at which lengths, flags and prefixes change their meaning. */
const TELLING_BYTES = [0, 1, 0x0a, 0x0f, 0x1f, 0x20, 0x3a, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xfe, 0xff];

/** What an input may be mixed with. */
export interface Material {
  readonly corpus: readonly Buffer[];
  readonly dictionary: readonly Buffer[];
}

/** Another input, a few random steps away from `input`. */
export function mutate(input: Buffer, material: Material, random: Random): Buffer {
  let bytes = input;
  for (let step = random.below(MAX_STEPS); step >= 0; step--) {
    const change = random.pick(CHANGES) ?? flipBit;
    bytes = change(bytes, random, material).subarray(0, MAX_INPUT_BYTES);
  }
  return bytes;
}

type Change = (bytes: Buffer, random: Random, material: Material) => Buffer;

const CHANGES: readonly Change[] = [
  flipBit,
  (bytes, random) => replaceByte(bytes, random, random.below(256)),
  (bytes, random) => replaceByte(bytes, random, random.pick(TELLING_BYTES) ?? 0),
  (bytes, random) => spliced(bytes, random.below(bytes.length + 1), 0, Buffer.of(random.below(256))),
  (bytes, random) => spliced(bytes, random.below(bytes.length + 1), 1 + random.below(16), NOTHING),
  repeatRange,
  (bytes, random, { dictionary }) =>
    spliced(bytes, random.below(bytes.length + 1), random.below(2) * 4, random.pick(dictionary) ?? NOTHING),
  crossOver,
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
];

const NOTHING = Buffer.alloc(0);

function flipBit(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  return replaceByteAt(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
}

function replaceByte(bytes: Buffer, random: Random, value: number): Buffer {
  return replaceByteAt(bytes, random.below(bytes.length), value);
}

function replaceByteAt(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  if (at < changed.length) changed[at] = value;
  return changed;
}

function repeatRange(bytes: Buffer, random: Random): Buffer {
  const start = random.below(bytes.length + 1);
  const range = bytes.subarray(start, start + 1 + random.below(64));
  const times = 1 + random.below(8);
  return spliced(bytes, start, 0, Buffer.concat(Array.from({ length: times }, () => range)));
}

/** The beginning of this input, and the end of another. */
function crossOver(bytes: Buffer, random: Random, { corpus }: Material): Buffer {
  const other = random.pick(corpus) ?? bytes;
  return Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length))]);
}

function spliced(bytes: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
}
