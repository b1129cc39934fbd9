// SPDX-License-Identifier: Apache-2.0

import { Field, fieldFlags } from '../../head/field.ts';
import { isSame } from './same-bytes.ts';

/** A power of two. What falls into a slot that is taken takes it over. */
const SLOTS = 128;
/** Longer names are read each time. */
const MAX_BYTES = 48;

interface LiteralName {
  /** As on the wire, Huffman-coded or not. */
  readonly bytes: Uint8Array;
  readonly isHuffman: boolean;
  /** The name with an empty value. */
  readonly field: Field;
}

/**
 * Names that came as literals, by their bytes: a peer that does not index its fields sends the same few with each head, and to read
 * one costs a string, its hash and a look at each character. Shared by the connections of a worker; bounded by its slots.
 */
export class LiteralNames {
  readonly #slots: (LiteralName | undefined)[] = new Array<LiteralName | undefined>(SLOTS).fill(undefined);

  /** The name in `block[start, end)`, undefined when it is not known. */
  get(block: Buffer, start: number, end: number, isHuffman: boolean): Field | undefined {
    const known = this.#slots[slotOf(block, start, end)];
    if (known === undefined || known.isHuffman !== isHuffman) return undefined;
    return isSame(known.bytes, block, start, end) ? known.field : undefined;
  }

  /** The same name as text. */
  set(block: Buffer, start: number, end: number, isHuffman: boolean, name: string): Field {
    const field = new Field(name, '', fieldFlags(name, ''));
    if (end - start <= MAX_BYTES)
      this.#slots[slotOf(block, start, end)] = { bytes: Uint8Array.from(block.subarray(start, end)), isHuffman, field };
    return field;
  }
}

/** Two bytes and the length tell the names of one peer apart well enough. */
function slotOf(block: Buffer, start: number, end: number): number {
  if (end === start) return 0;
  const [middle, last] = [block[(start + end) >> 1] as number, block[end - 1] as number];
  return ((end - start) * 31 + middle * 7 + last) & (SLOTS - 1);
}
