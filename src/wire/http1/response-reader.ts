// SPDX-License-Identifier: Apache-2.0

import { ownCopy } from '../output/own-copy.ts';
import { HeadFault } from './fault.ts';
import type { HeadMemory } from './head-memory.ts';
import { LearnedNames } from './learned-names.ts';
import type { Http1Limits } from './limits.ts';
import { type ResponseContext, type ResponseHead, readResponseHead } from './response-head.ts';
import type { SectionReader } from './section-reader.ts';

/** `H` of `HTTP/1.1`. A frame of HTTP/2 begins with 0, being shorter than 64 KiB. */
const FIRST = 0x48;

/** The response heads of one client connection; see `RequestReader`. */
export class ResponseReader {
  /** Where the input goes on. */
  next = 0;
  /** Something came that begins as responses do. */
  hasBegun = false;
  readonly #section: SectionReader;
  readonly #memory: HeadMemory;
  readonly #limits: Http1Limits;
  readonly #context: ResponseContext;
  #last: ResponseHead | null = null;

  constructor(section: SectionReader, memory: HeadMemory, limits: Http1Limits) {
    this.#section = section;
    this.#memory = memory;
    this.#limits = limits;
    const { section: fields, builder, lists } = memory;
    this.#context = { section: fields, builder, limits, learned: new LearnedNames(lists) };
  }

  /** Reads `chunk[at, to)`; null: the rest of the head is owed. */
  read(chunk: Buffer, at: number, to: number): ResponseHead | HeadFault | null {
    const section = this.#section;
    const last = section.isPartial ? null : this.#last;
    const length = last === null ? 0 : this.#memory.responses.beginsWith(last, chunk, at, to);
    if (length > 0) {
      this.next = at + length;
      return last;
    }
    this.next = to;
    // Said at once: what speaks another version waits for an answer that never comes, or ends without a word.
    if (!section.isPartial && chunk[at] !== FIRST)
      return new HeadFault(chunk[at] === 0 ? 'it is HTTP/2, not HTTP/1.1' : 'it is not HTTP/1.1');
    this.hasBegun = true;
    switch (section.read(chunk, at, to, this.#limits.maxHeadBytes)) {
      case 'whole':
        this.next = section.next;
        return this.#whole();
      case 'partial':
        return null;
      case 'too-large':
        return new HeadFault('its head is too large', 'overload');
      case 'wrong':
        return new HeadFault('a CR or LF stands alone');
    }
  }

  #whole(): ResponseHead | HeadFault {
    const { buffer, start, end } = this.#section;
    const { responses } = this.#memory;
    this.#section.forget();
    const known = responses.find(buffer, start, end);
    if (known !== undefined) {
      this.#last = known;
      return known;
    }
    const bytes = responses.cameBefore(start, end) ? ownCopy(buffer, start, end) : null;
    const head = readResponseHead(buffer, start, end, bytes, this.#context);
    if (head instanceof HeadFault) return head;
    if (bytes !== null) responses.remember(head);
    this.#last = bytes === null ? null : head;
    return head;
  }
}
