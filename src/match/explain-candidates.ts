// SPDX-License-Identifier: Apache-2.0

import type { RouteEntry } from '../snapshot/index.ts';
import type { CompiledListener } from './compiled-listener.ts';
import { compileMatch, describeMatch, whyNot } from './compiled-match.ts';
import type { Taken } from './compiled-virtual-host.ts';
import type { ExplainedCandidate } from './explanation.ts';
import { PatternVerdicts } from './pattern-verdicts.ts';
import { PatternWorkSpent, TOO_MUCH_WORK } from './pattern-work.ts';
import type { RequestView } from './request-view.ts';

/** Listed before the winner, and after it. */
const MAX_BEFORE = 100;
const MAX_AFTER = 20;

export interface CandidateList {
  readonly winner: Taken;
  readonly candidates: readonly ExplainedCandidate[];
  readonly moreCandidates: number;
}

interface Candidate {
  readonly entry: RouteEntry;
  readonly host: string;
}

/** All entries that are tried for a host, in their order, each with its verdict. The winner is the proxy's own. */
export function explainCandidates(listener: CompiledListener, host: string, request: RequestView): CandidateList {
  const all: Candidate[] = listener
    .virtualHostsOf(host)
    .flatMap(({ source }) => source.entries.map(entry => ({ entry, host: source.hostname })));
  const winner = listener.entryOf(listener.virtualHostsOf(host), request);
  const place =
    winner === undefined || winner === TOO_MUCH_WORK ? all.length : all.findIndex(({ entry }) => entry === winner);
  const before = all.slice(Math.max(0, place - MAX_BEFORE), place);
  const rest = all.slice(place, place + 1 + MAX_AFTER);
  const verdicts = new PatternVerdicts();
  const candidates = [
    ...before.map(candidate => judge(candidate, request, verdicts)),
    ...rest.map((candidate, at) => (at === 0 ? taken(candidate) : judge(candidate, request, verdicts))),
  ];
  return { winner, candidates, moreCandidates: all.length - candidates.length };
}

function taken(candidate: Candidate): ExplainedCandidate {
  return { ...describe(candidate), verdict: 'taken', reason: 'the first that takes the request' };
}

function judge(candidate: Candidate, request: RequestView, verdicts: PatternVerdicts): ExplainedCandidate {
  const reason = refusalOf(candidate, request, verdicts);
  if (reason !== undefined) return { ...describe(candidate), verdict: 'refused', reason };
  return { ...describe(candidate), verdict: 'shadowed', reason: 'not reached: one before it takes the request' };
}

/** Each is tried as if it were alone. */
function refusalOf({ entry }: Candidate, request: RequestView, verdicts: PatternVerdicts): string | undefined {
  verdicts.work.begin();
  try {
    return whyNot(compileMatch(entry.match, verdicts), request);
  } catch (error) {
    if (error instanceof PatternWorkSpent) return 'trying its patterns on the request takes longer than a request may';
    throw error;
  }
}

function describe({
  entry: { match, matchIndex, rule },
  host,
}: Candidate): Omit<ExplainedCandidate, 'verdict' | 'reason'> {
  const { kind, namespace, name, ruleIndex, ruleName } = rule.origin;
  return { route: `${kind}/${namespace}/${name}`, ruleIndex, ruleName, matchIndex, host, match: describeMatch(match) };
}
