// SPDX-License-Identifier: Apache-2.0

import { CopyPages } from './copy-pages.ts';
import { SmallCopies } from './small-copies.ts';

/** Where the bodies of one worker wait, and what may be sent again is kept. */
export class BodyMemory {
  readonly copies: SmallCopies = new SmallCopies();
  readonly pages: CopyPages = new CopyPages();
}
