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
 * owned types without a verdict go. Returns `previous` itself when nothing differs. What it says of a newer generation than
 * `stamp` has is no reason to leave it: an object is judged together with what is written of it, so there is no such generation, or no longer, as where
 * a backup was put back.
 */
export function mergeConditions(
  previous: readonly Condition[],
  verdicts: readonly Verdict[],
  { owned, stamp }: { owned: readonly string[]; stamp: Stamp },
): readonly Condition[] {
  const conditions = verdicts.map(verdict => stamped(verdict, stamp));
  return joinConditions(previous, conditions, owned);
}

/** Characters of a message that the API takes: with a longer one it refuses the whole status (metav1.Condition). */
const MAX_MESSAGE = 32_768;

/** `verdict` as it is written where there was none. */
export function stamped({ type, status, reason, message }: Verdict, { now, generation }: Stamp): Condition {
  return { type, status, reason, message: fitting(message), lastTransitionTime: now, observedGeneration: generation };
}

/** What lists listeners may be as long as their names make it. */
function fitting(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1).toWellFormed()}…`;
}

/** The same with conditions that are stamped already. */
export function joinConditions(
  previous: readonly Condition[],
  conditions: readonly Condition[],
  owned: readonly string[],
): readonly Condition[] {
  const byType = new Map(conditions.map(condition => [condition.type, condition]));
  const joined: Condition[] = [];
  for (const condition of previous) {
    const next = byType.get(condition.type);
    byType.delete(condition.type);
    if (next !== undefined) joined.push(succeed(condition, next));
    else if (!owned.includes(condition.type)) joined.push(condition);
  }
  for (const condition of byType.values()) joined.push(condition);
  const isSame = joined.length === previous.length && joined.every((condition, index) => condition === previous[index]);
  return isSame ? previous : fitted(joined);
}

/** `next` in the place of `previous`: a transition is when the status changes. */
function succeed(previous: Condition, next: Condition): Condition {
  if (previous.status !== next.status) return next;
  const isSame =
    previous.reason === next.reason &&
    previous.message === next.message &&
    previous.observedGeneration === next.observedGeneration;
  return isSame ? previous : { ...next, lastTransitionTime: previous.lastTransitionTime };
}
