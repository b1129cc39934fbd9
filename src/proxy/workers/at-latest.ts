// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';

/** What `answer` comes to, or `otherwise` when it takes longer than `timeoutMs`. Rejects as `answer` does. */
export async function atLatest<T>(
  clock: Clock,
  timeoutMs: number,
  { answer, otherwise }: { readonly answer: Promise<T>; readonly otherwise: T },
): Promise<T> {
  const { promise: late, resolve } = Promise.withResolvers<T>();
  const patience = clock.after(timeoutMs, () => resolve(otherwise));
  try {
    return await Promise.race([answer, late]);
  } finally {
    patience.cancel();
  }
}
