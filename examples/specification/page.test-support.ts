// SPDX-License-Identifier: Apache-2.0

import type { Question } from './ask.test-support.ts';

/** What a page of the specification says of some of its files. Each folder's `expected.test-support.ts` lists its own. */
export interface Page {
  readonly about: string;
  /** Run together, beside the folder's `given.yaml`. */
  readonly files: readonly string[];
  /** The Gateway for files that are fragments: those without parentRefs. */
  readonly parent?: string;
  readonly expected: readonly Expected[];
}

export interface Expected {
  /** `gateway/listener` and what to ask there. */
  readonly of: Omit<Question, 'address'> & { readonly listener: string };
  /** What [ask](./ask.test-support.ts) answers for each name. `PORT` is the port that the listener has here, `PORT(gateway/listener)` that of another. */
  readonly is: Readonly<Record<string, string | number | undefined>>;
}
