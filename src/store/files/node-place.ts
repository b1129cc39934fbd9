// SPDX-License-Identifier: Apache-2.0

import { type Document, isMap, isNode, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { nodeFieldName } from './node-field-name.ts';

/** Line and column, from 1, in a text. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** The nodes of one document's text with their places. About 500 µs to make: made when a place is asked for. */
export class NodePlaces {
  readonly #documents: readonly Document.Parsed[];
  readonly #lines = new LineCounter();

  constructor(text: string) {
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
