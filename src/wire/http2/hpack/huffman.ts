// SPDX-License-Identifier: Apache-2.0

/**
 * The Huffman code of RFC 7541 appendix B. Decoding walks a table by half bytes: 256 states × 16, 16 KiB, no branches per
 * bit. The code is canonical, so its lengths are all there is to know.
 */
const LENGTHS: readonly number[] = `
  13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
  6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
  13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
  15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
  20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
  22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
  26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
  20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
  30
`
  .trim()
  .split(/\s+/)
  .map(Number);

const EOS = 256;
/** A transition: next state in the low byte, symbol above it, then these bits. */
const EMITS = 0x10000;
const FAILS = 0x20000;

interface Decoder {
  /** Per state and half byte. */
  readonly transitions: Uint32Array;
  readonly padding: Uint8Array;
}

interface Tree {
  /** Child per node and bit: a node's number, or -1 - symbol. */
  readonly children: Int32Array;
  /** Per node: whether the bits so far are valid padding (fewer than 8, all ones). */
  readonly padding: Uint8Array;
}

/** Built when the first string comes: to build it at load is work enough for V8 to fetch its optimizing compiler, 5 MiB resident. */
let decoder: Decoder | null = null;

/** An upper bound of what `length` encoded bytes decode to: the shortest code has 5 bits. */
export function huffmanDecodedBound(length: number): number {
  return ((length * 8) / 5) | 0;
}

/** Decodes `from[start, end)` into `to` (at least `huffmanDecodedBound` long). Returns the bytes written, -1 when the code is invalid. */
export function decodeHuffman(from: Uint8Array, start: number, end: number, to: Uint8Array): number {
  decoder ??= buildDecoder();
  const { transitions, padding } = decoder;
  let state = 0;
  let length = 0;
  let seen = 0;
  for (let at = start; at < end; at++) {
    const byte = from[at] as number;
    let step = transitions[(state << 4) | (byte >> 4)] as number;
    if (step & EMITS) to[length++] = (step >> 8) & 0xff;
    seen |= step;
    step = transitions[((step & 0xff) << 4) | (byte & 15)] as number;
    if (step & EMITS) to[length++] = (step >> 8) & 0xff;
    seen |= step;
    state = step & 0xff;
  }
  return seen & FAILS || padding[state] === 0 ? -1 : length;
}

function buildDecoder(): Decoder {
  const tree = buildTree();
  return { transitions: buildTransitions(tree), padding: tree.padding };
}

function buildTree(): Tree {
  const children = new Int32Array(512).fill(0);
  const padding = new Uint8Array(256);
  let nodes = 1;
  let code = 0;
  let previous = 0;
  for (const symbol of [...LENGTHS.keys()].sort((a, b) => lengthOf(a) - lengthOf(b) || a - b)) {
    const length = lengthOf(symbol);
    code = previous === 0 ? 0 : code * 2 ** (length - previous);
    previous = length;
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const slot = node * 2 + ((code >>> bit) & 1);
      if (children[slot] === 0) children[slot] = nodes++;
      node = children[slot] as number;
    }
    children[node * 2 + (code & 1)] = -1 - symbol;
    code++;
  }
  for (let node = 0, bits = 0; bits < 8; bits++) {
    padding[node] = 1;
    node = children[node * 2 + 1] as number;
  }
  return { children, padding };
}

function lengthOf(symbol: number): number {
  return LENGTHS[symbol] as number;
}

function buildTransitions(tree: Tree): Uint32Array {
  const table = new Uint32Array(256 * 16);
  for (let state = 0; state < 256; state++) {
    for (let nibble = 0; nibble < 16; nibble++) table[(state << 4) | nibble] = transition(tree, state, nibble);
  }
  return table;
}

function transition(tree: Tree, state: number, nibble: number): number {
  let node = state;
  let bits = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = tree.children[node * 2 + ((nibble >> bit) & 1)] as number;
    if (next >= 0) {
      node = next;
      continue;
    }
    const symbol = -1 - next;
    bits |= symbol === EOS ? FAILS : EMITS | (symbol << 8);
    node = 0;
  }
  return bits | node;
}
