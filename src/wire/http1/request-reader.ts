// SPDX-License-Identifier: Apache-2.0

import { ownCopy } from '../output/own-copy.ts';
import { readBegunHead } from './begun-head.ts';
import type { HeadMemory } from './head-memory.ts';
import { LearnedNames } from './learned-names.ts';
import type { Http1Limits } from './limits.ts';
import { CR, LF } from './octets.ts';
import {
  type RefusedHead,
  type RequestContext,
  type RequestHead,
  readRequestHead,
  refusedHead,
} from './request-head.ts';
import type { SectionReader } from './section-reader.ts';

const LINE_END = Buffer.from('\r\n', 'latin1');
/** A method with the spaces and the version beside a target. */
const LINE_REST_BYTES = 64;

export interface RequestReaderOptions {
  readonly memory: HeadMemory;
  readonly limits: Http1Limits;
  readonly scheme: 'http' | 'https';
}

/**
 * The heads of one server connection, one after the other. A head with the bytes of the one before is the same object at the
 * price of a comparison; others are looked for in the worker's memory, then read.
 */
export class RequestReader {
  /** Where the input goes on. */
  next = 0;
  readonly #section: SectionReader;
  readonly #memory: HeadMemory;
  readonly #limits: Http1Limits;
  readonly #context: RequestContext;
  #last: RequestHead | null = null;
  /** The one empty line that may come before a request (RFC 9112 §2.2). */
  #emptyLine: 'none' | 'cr' | 'whole' = 'none';

  constructor(section: SectionReader, options: RequestReaderOptions) {
    this.#section = section;
    this.#memory = options.memory;
    this.#limits = options.limits;
    this.#context = {
      section: options.memory.section,
      builder: options.memory.builder,
      learned: new LearnedNames(options.memory.lists),
      limits: options.limits,
      scheme: options.scheme,
    };
  }

  /** An empty line came, or its first half, and no request yet. */
  get isBegun(): boolean {
    return this.#emptyLine !== 'none';
  }

  /** Reads `chunk[at, to)`; null: the rest of the head is owed. */
  read(chunk: Buffer, from: number, to: number): RequestHead | RefusedHead | null {
    const section = this.#section;
    const at = section.isPartial ? from : this.#skipEmptyLine(chunk, from, to);
    this.next = to;
    if (at === to) return null;
    if (at < 0) return refusedHead(400, 'a CR stands alone');
    const last = section.isPartial ? null : this.#last;
    const length = last === null ? 0 : this.#memory.requests.beginsWith(last, chunk, at, to);
    if (length > 0) {
      this.next = at + length;
      this.#emptyLine = 'none';
      return last;
    }
    const isBegun = section.isPartial;
    switch (section.read(chunk, at, to, this.#limits.maxHeadBytes)) {
      case 'whole':
        this.next = section.next;
        this.#emptyLine = 'none';
        return this.#whole();
      case 'partial':
        return this.#isLineTooLong(section.partial) ? this.#tooLarge(section.partial) : null;
      case 'too-large':
        return this.#tooLarge(isBegun ? section.partial : chunk.subarray(at, to));
      case 'wrong':
        return refusedHead(400, 'a CR or LF stands alone');
    }
  }

  #whole(): RequestHead | RefusedHead {
    const { buffer, start, end } = this.#section;
    const { requests } = this.#memory;
    this.#section.forget();
    const known = requests.find(buffer, start, end);
    if (known !== undefined && known.scheme === this.#context.scheme) {
      this.#last = known;
      return known;
    }
    const bytes = requests.cameBefore(start, end) ? ownCopy(buffer, start, end) : null;
    const head = readRequestHead(buffer, start, end, bytes, this.#context);
    if (head.kind === 'refused') return head;
    if (bytes !== null) requests.remember(head);
    this.#last = bytes === null ? null : head;
    return head;
  }

  #tooLarge(begun: Buffer): RefusedHead {
    const partial = readBegunHead(begun, this.#context.section, this.#limits.maxHeaderFields);
    return this.#isLineTooLong(begun)
      ? refusedHead(414, 'the target is too long', partial)
      : refusedHead(431, 'the head is too large', partial);
  }

  /** The request line alone is longer than any that is served, wherever it may end. */
  #isLineTooLong(begun: Buffer): boolean {
    const most = this.#limits.maxTargetBytes + LINE_REST_BYTES;
    return begun.length > most && begun.subarray(0, most).indexOf(LINE_END) < 0;
  }

  /** Where the request begins; -1: not at all. */
  #skipEmptyLine(chunk: Buffer, from: number, to: number): number {
    let at = from;
    if (this.#emptyLine === 'none' && chunk[at] === CR) {
      this.#emptyLine = 'cr';
      at++;
    }
    if (this.#emptyLine !== 'cr' || at === to) return at;
    if (chunk[at] !== LF) return -1;
    this.#emptyLine = 'whole';
    return at + 1;
  }
}
