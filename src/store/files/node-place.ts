// SPDX-License-Identifier: Apache-2.0

import { type Document, isMap, isNode, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { MAX_REREAD_BYTES } from './document-limits.ts';
import { nodeFieldName } from './node-field-name.ts';

/** Line and column, from 1, in a text. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** The nodes of one document's text with their places. About 500 µs to make: made when a place is asked for. */
export class NodePlaces {
  #documents: readonly Document.Parsed[] = [];
  readonly #lines = new LineCounter();

  /** Of a text that is too large to be parsed for this, only the beginning is known. */
  constructor(text: string) {
    if (text.length > MAX_REREAD_BYTES) return;
    this.#documents = [...parseAllDocuments(text, { lineCounter: this.#lines, prettyErrors: false, merge: true })];
  }

  /** The place of the deepest existing node on the path: of its key in a mapping, of the item in a list. */
  find(value: number, path: readonly (string | number)[]): TextPlace {
    const root: unknown = this.#documents[value]?.contents;
    let offset = startOf(root) ?? 0;
    let node = root;
    for (const part of path) {
      const step = stepInto(node, part);
      if (step === undefined) break;
      offset = step.offset ?? offset;
      node = step.node;
    }
    if (this.#documents.length === 0) return { line: 1, column: 1 };
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

interface Step {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function stepInto(node: unknown, part: string | number): Step | undefined {
  if (isSeq(node)) {
    const item = typeof part === 'number' ? node.items[part] : undefined;
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.findLast(({ key }) => nodeFieldName(key) === String(part));
  return pair === undefined ? undefined : { node: pair.value, offset: startOf(pair.key) };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
