// SPDX-License-Identifier: Apache-2.0

import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { MAX_DEPTH } from './document-limits.ts';
import { fieldName } from './yaml-schema.ts';

/** A node, by the number of the event that begins it. */
export type WrittenNode = number;

/** A field of a mapping as it is written. */
export interface WrittenField {
  readonly key: WrittenNode;
  readonly value: WrittenNode;
  /** The name of the field as kubectl reads it; undefined for a key that is no scalar. */
  readonly name: string | undefined;
}

/**
 * The nodes of a text as they are written: aliases are not followed, and a field that is written twice is there twice.
 * Takes some 100 ms for each MiB, a tenth of what a tree would: nodes are events of the parser, and known by their number.
 */
export class WrittenNodes {
  readonly #text: string;
  readonly #events: readonly Event[];
  /** By node: the number of the first event behind it. */
  readonly #ends: Uint32Array;
  /** By name: what an alias stands for, the last of that name. */
  readonly #anchors = new Map<string, WrittenNode>();
  /** The value of each of its documents; undefined where one has none. */
  readonly roots: readonly (WrittenNode | undefined)[];

  /** @throws YAMLException for a text that is no YAML. */
  constructor(text: string) {
    this.#text = text;
    this.#events = parseEvents(text, { maxDepth: MAX_DEPTH });
    this.#ends = new Uint32Array(this.#events.length);
    const roots: (WrittenNode | undefined)[] = [];
    const open: WrittenNode[] = [];
    for (const [at, event] of this.#events.entries()) {
      this.#ends[at] = at + 1;
      if (event.type === EVENT_ID.POP) this.#ends[open.pop() ?? at] = at + 1;
      else if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) open.push(at);
      if (event.type === EVENT_ID.DOCUMENT)
        roots.push(this.#events[at + 1]?.type === EVENT_ID.POP ? undefined : at + 1);
      else if (event.type === EVENT_ID.SCALAR) this.#noteAnchor(event, at);
    }
    this.roots = roots;
  }

  /** Where it begins in the text; undefined for an empty scalar. */
  offsetOf(node: WrittenNode): number | undefined {
    const event = this.#events[node];
    switch (event?.type) {
      case EVENT_ID.SCALAR: {
        if (event.valueStart < 0) return undefined;
        const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
        return isQuoted ? event.valueStart - 1 : event.valueStart;
      }
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        return event.start;
      case EVENT_ID.ALIAS:
        return event.anchorStart - 1;
      default:
        return undefined;
    }
  }

  /** The items of a list; undefined when it is none. */
  itemsOf(node: WrittenNode): WrittenNode[] | undefined {
    return this.#events[node]?.type === EVENT_ID.SEQUENCE ? this.#childrenOf(node) : undefined;
  }

  /** The fields of a mapping; undefined when it is none. */
  fieldsOf(node: WrittenNode): WrittenField[] | undefined {
    if (this.#events[node]?.type !== EVENT_ID.MAPPING) return undefined;
    const fields: WrittenField[] = [];
    const nodes = this.#childrenOf(node);
    for (let at = 0; at + 1 < nodes.length; at += 2) {
      const [key = 0, value = 0] = [nodes[at], nodes[at + 1]];
      fields.push({ key, value, name: this.#nameOf(key) });
    }
    return fields;
  }

  #childrenOf(node: WrittenNode): WrittenNode[] {
    const children: WrittenNode[] = [];
    const last = (this.#ends[node] ?? 0) - 1;
    for (let at = node + 1; at < last; at = this.#ends[at] ?? last) children.push(at);
    return children;
  }

  #nameOf(key: WrittenNode): string | undefined {
    let event = this.#events[key];
    if (event?.type === EVENT_ID.ALIAS) event = this.#events[this.#anchors.get(this.#anchorOf(event)) ?? -1];
    if (event?.type !== EVENT_ID.SCALAR) return undefined;
    return fieldName(getScalarValue(this.#text, event), event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0);
  }

  #noteAnchor(event: ScalarEvent, at: WrittenNode): void {
    if (event.anchorStart >= 0) this.#anchors.set(this.#anchorOf(event), at);
  }

  #anchorOf({ anchorStart, anchorEnd }: { readonly anchorStart: number; readonly anchorEnd: number }): string {
    return this.#text.slice(anchorStart, anchorEnd);
  }
}
