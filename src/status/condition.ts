// SPDX-License-Identifier: Apache-2.0

import type { Condition } from '../resources/index.ts';
import type { Problem } from '../translate/index.ts';
import { fitted } from '../values/index.ts';

/** What a condition says, without when and about which generation. */
export interface Verdict {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** When and about what the verdicts are. */
export interface Stamp {
  /** `metadata.generation` that was judged. */
  readonly generation: number;
  /** RFC 3339. */
  readonly now: string;
}

/** The place, what is wrong there, and the fix, as one text. */
export function problemMessage({ finding }: Problem): string {
  const place = formatPath(finding.path);
  const message = place === '' ? finding.message : `${place}: ${finding.message}`;
  return finding.help === '' ? message : `${message}. ${finding.help}`;
}

/** `spec.rules[0].matches[1]`. */
function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}

/**
 * Joins `verdicts` into the conditions that are there. A condition that says the same keeps its identity, one whose
 * status did not change keeps its `lastTransitionTime`; types outside `owned` are somebody else's and stay as they are;
 * owned types without a verdict go. Returns `previous` itself when nothing differs, or when it is about a newer
 * generation than ours: then we know less than who wrote it.
 */
export function mergeConditions(
  previous: readonly Condition[],
  verdicts: readonly Verdict[],
  { owned, stamp }: { owned: readonly string[]; stamp: Stamp },
): readonly Condition[] {
  const isNewer = previous.some(
    condition => owned.includes(condition.type) && (condition.observedGeneration ?? 0) > stamp.generation,
  );
  if (isNewer) return previous;
  const byType = new Map(verdicts.map(verdict => [verdict.type, verdict]));
  const merged: Condition[] = [];
  for (const condition of previous) {
    const verdict = byType.get(condition.type);
    byType.delete(condition.type);
    if (verdict !== undefined) merged.push(stampVerdict(verdict, condition, stamp));
    else if (!owned.includes(condition.type)) merged.push(condition);
  }
  for (const verdict of byType.values()) merged.push(stampVerdict(verdict, undefined, stamp));
  const isSame = merged.length === previous.length && merged.every((condition, index) => condition === previous[index]);
  return isSame ? previous : fitted(merged);
}

function stampVerdict(verdict: Verdict, previous: Condition | undefined, stamp: Stamp): Condition {
  const { type, status, reason, message } = verdict;
  const isSame =
    previous?.status === status &&
    previous.reason === reason &&
    previous.message === message &&
    previous.observedGeneration === stamp.generation;
  if (isSame) return previous;
  const lastTransitionTime = previous?.status === status ? previous.lastTransitionTime : stamp.now;
  return { type, status, reason, message, lastTransitionTime, observedGeneration: stamp.generation };
}
