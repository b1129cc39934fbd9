// SPDX-License-Identifier: Apache-2.0

/** Findings beyond the specification about the rules of one route, each by itself. */
import type { Finding } from '../../errors/index.ts';
import type { Rule } from '../../snapshot/index.ts';
import { isHiddenFromRules } from '../../values/index.ts';
import type { Attachment } from '../attach/choose-listeners.ts';
import { findingOf } from '../report.ts';
import { TRUSTED_PROXIES } from '../resolve/annotations/trusted-proxies.ts';
import { type RequestRoute, type RouteRule, rulesOf } from '../route-kinds.ts';
import { mirrorShare } from '../rules/filters.ts';
import { lintCors } from './cors.ts';
import { faintWeights } from './faint-weights.ts';

type Path = readonly (string | number)[];
type Written = RouteRule['rule'];

/** `rules`: what came of those that are usable. */
export function lintRules(
  route: RequestRoute,
  rules: readonly Rule[],
  attachments: readonly Attachment[],
): readonly Finding[] {
  const isTrusted = attachments.some(({ listener }) => listener.trustsProxies);
  return [
    ...rules.flatMap(rule => withoutBackends(route, rule)),
    ...rulesOf(route).flatMap((source, index) => {
      const { rule } = source;
      const path = ['spec', 'rules', index];
      return [
        ...(source.kind === 'HTTPRoute' ? lintCors(route, source.rule, path) : []),
        ...headerFindings({ route, isTrusted }, rule, path),
        ...idleMirrors(route, rule, path),
        ...faintWeights(route, rule.backendRefs ?? [], path),
      ];
    }),
  ];
}

function withoutBackends(route: RequestRoute, { fault, origin }: Rule): readonly Finding[] {
  const answer = route.kind === 'GRPCRoute' ? 'UNAVAILABLE' : '500';
  const path = ['spec', 'rules', origin.ruleIndex];
  switch (fault?.reason) {
    case 'no_backend':
      return [
        findingOf('lint/no-backends', route, {
          path,
          message: `The rule has no backendRefs, so every request that it takes is answered with ${answer}`,
          help: 'Add backendRefs',
        }),
      ];
    case 'no_weight':
      return [
        findingOf('lint/weights-zero', route, {
          path: [...path, 'backendRefs'],
          message: `The weights add up to 0, so every request that the rule takes is answered with ${answer}`,
          help: 'Give at least one backend a weight above 0',
        }),
      ];
    default:
      return [];
  }
}

/** `isTrusted`: some requests come from proxies that are believed. */
function headerFindings(
  { route, isTrusted }: { readonly route: RequestRoute; readonly isTrusted: boolean },
  rule: Written,
  at: Path,
): readonly Finding[] {
  return (rule.matches ?? []).flatMap(({ headers = [] }, match) => {
    const seen = new Set<string>();
    return headers.flatMap(({ name }, index) => {
      const path = [...at, 'matches', match, 'headers', index, 'name'];
      const key = name.toLowerCase();
      if (seen.has(key)) return [duplicateHeader(route, name, path)];
      seen.add(key);
      return isHiddenFromRules(key, isTrusted) ? [droppedHeader(route, name, path)] : [];
    });
  });
}

function duplicateHeader(route: RequestRoute, name: string, path: Path): Finding {
  const message = `Header ${name} is matched twice; only the first entry counts`;
  return findingOf('lint/duplicate-header', route, { path, message, help: 'Remove one' });
}

function droppedHeader(route: RequestRoute, name: string, path: Path): Finding {
  return findingOf('lint/header-never-matches', route, {
    path,
    message: `Header ${name} is dropped when a client sends it, so this match takes no request`,
    help: isHiddenFromRules(name.toLowerCase(), true)
      ? 'Match a header of your own'
      : `Match a header of your own, or say which proxies are believed (${TRUSTED_PROXIES.name} on the Gateway)`,
  });
}

function idleMirrors(route: RequestRoute, rule: Written, at: Path): readonly Finding[] {
  const lists: readonly (readonly [Path, Written['filters']])[] = [
    [[...at, 'filters'], rule.filters],
    ...(rule.backendRefs ?? []).map(
      ({ filters }, index) => [[...at, 'backendRefs', index, 'filters'], filters] as const,
    ),
  ];
  return lists.flatMap(([path, filters]) =>
    (filters ?? []).flatMap((filter, index) => {
      if (filter.type !== 'RequestMirror' || mirrorShare(filter.requestMirror).numerator > 0) return [];
      const message = 'The mirror gets 0 % of the requests, so it does nothing';
      return [findingOf('lint/mirror-without-share', route, { path: [...path, index], message })];
    }),
  );
}
