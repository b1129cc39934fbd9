// SPDX-License-Identifier: Apache-2.0

import { MAX_REREAD_BYTES } from './document-limits.ts';
import { LineStarts, type TextPlace } from './text-place.ts';
import { type WrittenNode, WrittenNodes } from './written-nodes.ts';

interface Step {
  readonly node: WrittenNode;
  readonly offset: number | undefined;
}

/** The places of the nodes of one document's text. Parses it: made when a place is asked for. */
export class NodePlaces {
  readonly #nodes: WrittenNodes | undefined;
  readonly #lines: LineStarts;
  /** By node: its items by number, or its fields by name. Made once, for many findings may be about one list. */
  readonly #steps = new Map<WrittenNode, ReadonlyMap<string | number, Step>>();

  /** Of a text that is too large to be parsed for this, only the beginning is known. */
  constructor(text: string) {
    this.#lines = new LineStarts(text);
    this.#nodes = text.length > MAX_REREAD_BYTES ? undefined : nodesOf(text);
  }

  /** The place of the deepest existing node on the path: of its key in a mapping, of the item in a list. */
  find(value: number, path: readonly (string | number)[]): TextPlace {
    let node = this.#nodes?.roots[value];
    let offset = node === undefined ? 0 : (this.#nodes?.offsetOf(node) ?? 0);
    for (const part of path) {
      const step = node === undefined ? undefined : this.#stepsFrom(node).get(part);
      if (step === undefined) break;
      offset = step.offset ?? offset;
      node = step.node;
    }
    return this.#lines.placeAt(offset);
  }

  #stepsFrom(node: WrittenNode): ReadonlyMap<string | number, Step> {
    let steps = this.#steps.get(node);
    if (steps === undefined) {
      steps = new Map(this.#readSteps(node));
      this.#steps.set(node, steps);
    }
    return steps;
  }

  /** A name that stands twice leads to the last. */
  *#readSteps(node: WrittenNode): Generator<[string | number, Step]> {
    const nodes = this.#nodes;
    for (const [index, item] of (nodes?.itemsOf(node) ?? []).entries()) {
      yield [index, { node: item, offset: nodes?.offsetOf(item) }];
    }
    for (const { key, value, name } of nodes?.fieldsOf(node) ?? []) {
      if (name !== undefined) yield [name, { node: value, offset: nodes?.offsetOf(key) }];
    }
  }
}

/** Undefined for what is no YAML: there is nothing to say about its nodes. */
function nodesOf(text: string): WrittenNodes | undefined {
  try {
    return new WrittenNodes(text);
  } catch {
    return undefined;
  }
}
