// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';

/** A process that was stopped, or got no CPU time, finds what is overdue before it reads what came meanwhile: no more than this is counted at a time. */
const MAX_PATIENCE_STEP_MS = 200;

/** What `answer` comes to, or `otherwise` when it takes longer than `timeoutMs` of which this process saw each part. Rejects as `answer` does. */
export async function atLatest<T>(
  clock: Clock,
  timeoutMs: number,
  { answer, otherwise }: { readonly answer: Promise<T>; readonly otherwise: T },
): Promise<T> {
  const { promise: late, resolve } = Promise.withResolvers<T>();
  let leftMs = timeoutMs;
  const wait = (): Timer => {
    const stepMs = Math.min(leftMs, MAX_PATIENCE_STEP_MS);
    leftMs -= stepMs;
    return clock.after(stepMs, () => {
      if (leftMs > 0) patience = wait();
      else resolve(otherwise);
    });
  };
  let patience = wait();
  try {
    return await Promise.race([answer, late]);
  } finally {
    patience.cancel();
  }
}
