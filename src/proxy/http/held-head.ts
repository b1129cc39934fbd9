// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, VolatileFields } from '../../wire/index.ts';
import type { Flushable } from '../io/index.ts';

/** The exchange, as a head that it holds back sees it. */
export interface HeldHeadOwner {
  /** The turn is over, and nothing else of the answer came. */
  releaseHead(held: HeldHead): void;
}

/**
 * The head of an answer to a call that may be tried again by its status. Servers that fail at once often send head and trailers in one
 * write: so a head waits for the end of the turn in which it was read, no longer, since clients may wait for it before they send.
 */
export class HeldHead implements Flushable {
  readonly list: HeaderList;
  readonly fields: VolatileFields;
  readonly #owner: HeldHeadOwner;

  constructor(owner: HeldHeadOwner, list: HeaderList, fields: VolatileFields) {
    this.#owner = owner;
    this.list = list;
    this.fields = fields;
  }

  flush(): void {
    this.#owner.releaseHead(this);
  }
}
