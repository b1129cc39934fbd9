// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { GRPCBackendRef, HTTPBackendRef } from '../../resources/index.ts';
import type {
  BackendSession,
  Fault,
  Filter,
  RequestMatch,
  Rule,
  RuleTiming,
  WeightedBackend,
} from '../../snapshot/index.ts';
import { fitted, interned } from '../../values/index.ts';
import type { Problem, RouteRefsReason } from '../outcomes.ts';
import { xBackendOf } from '../resolve/backend-object.ts';
import { type ResolveContext, type ResolvedBackend, resolveBackend } from '../resolve/backend-refs.ts';
import { ENCRYPTING, wayName } from '../resolve/backend-way.ts';
import { backendFault, NO_BACKENDS, NO_WEIGHT } from '../resolve/faults.ts';
import type { TrafficOfServices } from '../resolve/service-traffic.ts';
import { compileSessionPersistence } from '../resolve/session-persistence.ts';
import type { RequestRoute, RouteRule } from '../route-kinds.ts';
import { type CompiledFilters, compileFilters } from './filters.ts';
import { compileGrpcMatches } from './grpc-matches.ts';
import { compileHttpMatches } from './http-matches.ts';
import type { CompiledMatches, MatchSite } from './matches.ts';
import type { RepeatedParts } from './repeated-parts.ts';
import { compileTiming } from './timing.ts';
import { prefixOf } from './url-change.ts';

/** One rule of a route, translated. */
export interface TranslatedRule {
  readonly rule: Rule;
  /** At least one; index as written. */
  readonly matches: readonly RequestMatch[];
  /** Steps of all patterns in the matches. */
  readonly patternSize: number;
  /** That are used, those of filters too. */
  readonly backends: readonly ResolvedBackend[];
  readonly refsProblems: readonly Problem<RouteRefsReason>[];
  /** Not empty: the rule answers with a fault, for something in it cannot be served. */
  readonly unsupported: readonly Problem<'UnsupportedValue'>[];
  readonly findings: readonly Finding[];
}

/** A rule that must be dropped, with the reason. */
export interface DroppedRule {
  readonly dropped: Problem<'UnsupportedValue'>;
  readonly ruleIndex: number;
}

/** What rules see of the world. */
export interface RuleContext extends ResolveContext {
  readonly repeated: RepeatedParts;
  readonly traffic: TrafficOfServices;
}

/** What a rule is translated in. */
export interface RuleSite {
  readonly route: RequestRoute;
  readonly ruleIndex: number;
  /** See `MatchSite`. */
  readonly patternRoom: number;
  /** What the annotations of the route say. */
  readonly timing: RuleTiming;
  readonly filters: readonly Filter[];
  readonly context: RuleContext;
}

/** Translates one rule: matches, filters, backends with weights. Faults are part of the result. */
export function translateRule(source: RouteRule, site: RuleSite): TranslatedRule | DroppedRule {
  const { route, ruleIndex, patternRoom, context } = site;
  const { rule } = source;
  const path = ['spec', 'rules', ruleIndex];
  const matched = compileMatches(source, { route, path: [...path, 'matches'], patternRoom });
  if ('problem' in matched) return { dropped: matched.problem, ruleIndex };
  const prefix = prefixOf(matched.matches);
  const filters = compileFilters(rule.filters, { route, path: [...path, 'filters'], context, prefix });
  const shares = compileBackends(rule, { site: { ...site, prefix }, answers: answersAll(filters) });
  const { namespace, name } = route.metadata;
  const id = interned(`${route.kind}/${namespace}/${name}/${ruleIndex}${wayName(context.way, ENCRYPTING)}`);
  const sessionPath = [...path, 'sessionPersistence'];
  const session = compileSessionPersistence(rule.sessionPersistence, { owner: route, id, path: sessionPath });
  const { requestTimeoutMs, backendTimeoutMs, retry } = compileTiming(source, site.timing);
  const compiledRule: Rule = {
    id,
    origin: { kind: route.kind, namespace, name, ruleIndex, ruleName: rule.name ?? '' },
    filters: fitted(filters.fault === null ? [...site.filters, ...filters.filters] : []),
    fault: filters.fault ?? shares.fault,
    backends: context.repeated.backends(shares.backends),
    totalWeight: shares.backends.reduce((sum, backend) => sum + backend.weight, 0),
    // Spread, it would be in room of its own beside the others.
    requestTimeoutMs,
    backendTimeoutMs,
    retry,
    sessionPersistence: session.policy,
  };
  return {
    rule: compiledRule,
    matches: matched.matches,
    patternSize: matched.patternSize,
    backends: [...shares.used, ...filters.backends],
    refsProblems: [...shares.refsProblems, ...filters.refsProblems],
    unsupported: [...filters.unsupported, ...shares.unsupported],
    findings: [...filters.findings, ...shares.findings, ...session.findings],
  };
}

/** The rule needs no backends. */
function answersAll({ fault, filters }: CompiledFilters): boolean {
  return fault !== null || filters.some(({ kind }) => kind === 'redirect');
}

function compileMatches(source: RouteRule, site: MatchSite): CompiledMatches {
  switch (source.kind) {
    case 'GRPCRoute':
      return compileGrpcMatches(source.rule.matches ?? [], site);
    case 'HTTPRoute':
      return compileHttpMatches(source.rule.matches, site);
  }
}

/** What the backends of a rule are translated in. */
interface BackendSite extends RuleSite {
  /** See `prefixOf`. */
  readonly prefix: string | null;
}

interface Shares {
  readonly backends: WeightedBackend[];
  readonly used: ResolvedBackend[];
  readonly refsProblems: Problem<RouteRefsReason>[];
  readonly unsupported: Problem<'UnsupportedValue'>[];
  readonly findings: Finding[];
  fault: Fault | null;
}

/**
 * `answers`: the rule answers by itself, so it needs no backends. A backend that cannot be used keeps its share of the weights
 * and answers it with a fault (GRPCRouteRule.backendRefs): one whose filters cannot be served makes no rule unserved that has another backend.
 */
function compileBackends(
  rule: RouteRule['rule'],
  { site, answers }: { readonly site: BackendSite; readonly answers: boolean },
): Shares {
  const refs = rule.backendRefs ?? [];
  const path = ['spec', 'rules', site.ruleIndex, 'backendRefs'];
  const shares: Shares = { backends: [], used: [], refsProblems: [], unsupported: [], findings: [], fault: null };
  for (const [index, ref] of refs.entries()) addShare(ref, [...path, index], { site, shares });
  if (shares.backends.some(({ target }) => target.kind === 'cluster')) {
    shares.findings.push(...shares.unsupported.splice(0).map(({ finding }) => finding));
  }
  if (shares.backends.length > 0 || answers) return shares;
  shares.fault = refs.length === 0 ? NO_BACKENDS : NO_WEIGHT;
  return shares;
}

function addShare(
  ref: GRPCBackendRef | HTTPBackendRef,
  path: readonly (string | number)[],
  { site, shares }: { site: BackendSite; shares: Shares },
): void {
  const { route, context } = site;
  const resolved = resolveBackend(ref, { referrer: route, speaks: route.kind, path, context });
  const filters = compileFilters(ref.filters, { ...site, path: [...path, 'filters'] });
  if ('reason' in resolved) {
    const { reason, finding } = resolved;
    if (reason === 'BackendUntrusted') shares.findings.push(finding);
    else shares.refsProblems.push({ reason, finding });
  }
  shares.refsProblems.push(...filters.refsProblems);
  shares.findings.push(...filters.findings);
  shares.unsupported.push(...filters.unsupported);
  if (ref.weight === 0) return;
  shares.used.push(...filters.backends);
  const fault = 'reason' in resolved ? backendFault(resolved.reason) : filters.fault;
  if (fault !== null) {
    shares.backends.push({ weight: ref.weight, target: { kind: 'fault', fault }, filters: fitted([]), session: null });
  } else if ('clusterId' in resolved) {
    shares.used.push(resolved);
    const target = { kind: 'cluster' as const, cluster: resolved.clusterId };
    const session = sessionOf(resolved, context);
    shares.backends.push({ weight: ref.weight, target, filters: filters.filters, session });
  }
}

/** How the backend keeps clients with one of its endpoints. */
function sessionOf({ owner }: ResolvedBackend, { traffic, xBackends }: RuleContext): BackendSession | null {
  const key = xBackendOf(owner);
  if (key === undefined) return traffic.get(owner)?.session ?? null;
  const policy = xBackends.get(key)?.session ?? null;
  return policy === null ? null : { id: owner, policy };
}
