// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { StreamBackend, StreamRule } from '../../snapshot/index.ts';
import { compareHostnames, interned } from '../../values/index.ts';
import type { Problem, RouteRefsReason } from '../outcomes.ts';
import { ALPN } from '../resolve/annotations/alpn.ts';
import { readAnnotation } from '../resolve/annotations/annotation.ts';
import { IDLE_TIMEOUT } from '../resolve/annotations/idle-timeout.ts';
import { type ResolveContext, type ResolvedBackend, resolveBackend } from '../resolve/backend-refs.ts';
import { PASSING_ON, wayName } from '../resolve/backend-way.ts';
import { backendFault, NO_WEIGHT } from '../resolve/faults.ts';
import { hostnamesOf, type StreamRoute } from '../route-kinds.ts';
import type { RankedRoute } from './precedence.ts';

/** A stream rule with what its place among those of other routes depends on. */
export interface RankedStream {
  readonly rule: StreamRule;
  readonly route: RankedRoute;
}

/** The one rule of a route of streams, translated. */
export interface TranslatedStream {
  readonly ranked: RankedStream;
  readonly backends: readonly ResolvedBackend[];
  readonly refsProblems: readonly Problem<RouteRefsReason>[];
  readonly findings: readonly Finding[];
}

/**
 * Translates the rule of a route of streams. v1 has exactly one; where v1alpha2 has more, the first takes everything, for a rule has
 * nothing to tell one connection from another (`lint/unreachable-rule` says so of the others).
 */
export function translateStream(route: StreamRoute, context: ResolveContext): TranslatedStream {
  const { namespace, name, creationTimestamp } = route.metadata;
  const findings: Finding[] = [];
  const refsProblems: Problem<RouteRefsReason>[] = [];
  const backends: StreamBackend[] = [];
  const used: ResolvedBackend[] = [];
  const [written] = route.spec.rules;
  for (const [index, ref] of (written?.backendRefs ?? []).entries()) {
    const path = ['spec', 'rules', 0, 'backendRefs', index];
    const resolved = resolveBackend(ref, { referrer: route, speaks: route.kind, path, context });
    if ('reason' in resolved) {
      const { reason, finding } = resolved;
      if (reason === 'BackendUntrusted') findings.push(finding);
      else refsProblems.push({ reason, finding });
    }
    if (ref.weight === 0) continue;
    if ('reason' in resolved) {
      backends.push({ weight: ref.weight, target: { kind: 'fault', fault: backendFault(resolved.reason) } });
    } else {
      used.push(resolved);
      backends.push({ weight: ref.weight, target: { kind: 'cluster', cluster: resolved.clusterId } });
    }
  }
  const rule: StreamRule = {
    id: interned(`${route.kind}/${namespace}/${name}/0${wayName(context.way, PASSING_ON)}`),
    origin: { kind: route.kind, namespace, name, ruleIndex: 0, ruleName: written?.name ?? '' },
    fault: backends.length === 0 ? NO_WEIGHT : null,
    backends,
    totalWeight: backends.reduce((sum, { weight }) => sum + weight, 0),
    idleTimeoutMs: readAnnotation(route, IDLE_TIMEOUT[route.kind], findings),
    alpn: route.kind === 'UDPRoute' ? [] : readAnnotation(route, ALPN, findings),
  };
  const hostnames = hostnamesOf(route)
    .map(hostname => hostname.toLowerCase())
    .sort(compareHostnames);
  return {
    ranked: { rule, route: { namespace, name, creationTimestamp, hostnames } },
    backends: used,
    refsProblems,
    findings,
  };
}
