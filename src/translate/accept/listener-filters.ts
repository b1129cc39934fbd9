// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { ListenerFilter } from '../../snapshot/index.ts';
import { type ListenerSite, listenerFinding, listenerPath } from '../listener-site.ts';
import type { ListenerAcceptedReason, Problem, RouteRefsReason } from '../outcomes.ts';
import { backendObject } from '../resolve/backend-object.ts';
import type { ResolveContext, ResolvedBackend } from '../resolve/backend-refs.ts';
import { resolveExternalAuth } from '../resolve/external-auth.ts';
import { LISTENER_FILTER_UNRESOLVED } from '../resolve/faults.ts';

/** What came of the filters of a listener. */
export interface JudgedFilters {
  /** In the order written. */
  readonly filters: readonly ListenerFilter[];
  /** Whom they ask. */
  readonly backends: readonly ResolvedBackend[];
  /** What they name (`backendObject`), whether or not it can be asked. */
  readonly objects: readonly string[];
  /** A filter that is not known, or that cannot run: without it strangers might get in, so the listener takes no traffic. */
  readonly unsupported: Problem<ListenerAcceptedReason> | null;
  readonly refsProblem: Problem<RouteRefsReason> | null;
  readonly findings: readonly Finding[];
}

const NO_FILTERS: JudgedFilters = {
  filters: [],
  backends: [],
  objects: [],
  unsupported: null,
  refsProblem: null,
  findings: [],
};

/** Judges the `filters.requests` of a listener (GEP-5224). */
export function judgeFilters(site: ListenerSite, context: ResolveContext): JudgedFilters {
  const requests = site.spec.filters?.requests ?? [];
  if (requests.length === 0) return NO_FILTERS;
  if (!takesRequests(site)) return { ...NO_FILTERS, unsupported: notOfRequests(site) };
  const filters: ListenerFilter[] = [];
  const backends: ResolvedBackend[] = [];
  const objects: string[] = [];
  const findings: Finding[] = [];
  const problems: Problem<RouteRefsReason>[] = [];
  for (const [at, filter] of requests.entries()) {
    if (filter.type === 'ExtensionRef')
      return { ...NO_FILTERS, unsupported: unsupported(site, at, filter.extensionRef.kind) };
    const path = listenerPath(site, 'filters', 'requests', at);
    objects.push(backendObject(filter.externalAuth.backendRef, site.owner.metadata.namespace));
    const resolved = resolveExternalAuth(filter.externalAuth, { referrer: site.owner, path, context });
    if ('reason' in resolved) {
      if (resolved.reason === 'BackendUntrusted') findings.push(resolved.finding);
      else problems.push({ ...resolved, reason: resolved.reason });
      filters.push({ kind: 'fault', fault: LISTENER_FILTER_UNRESOLVED });
      continue;
    }
    filters.push({ kind: 'external-auth', auth: resolved.auth });
    backends.push(resolved.backend);
    findings.push(...resolved.findings);
  }
  findings.push(...problems.map(({ finding }) => finding));
  return { filters, backends, objects, unsupported: null, refsProblem: problems[0] ?? null, findings };
}

function takesRequests({ spec: { protocol } }: ListenerSite): boolean {
  return protocol === 'HTTP' || protocol === 'HTTPS';
}

/** An API server refuses this in a Gateway; the definition of ListenerSets has no such rule. */
function notOfRequests(site: ListenerSite): Problem<'UnsupportedValue'> {
  const finding = listenerFinding('gateway/listener-filters', site, {
    path: ['filters'],
    message: `Filters are for requests, and a listener with protocol ${site.spec.protocol} sees none; it takes no traffic without them`,
    help: 'Remove filters, or use protocol HTTP or HTTPS',
  });
  return { reason: 'UnsupportedValue', finding };
}

function unsupported(site: ListenerSite, at: number, kind: string): Problem<'UnsupportedValue'> {
  const finding = listenerFinding('gateway/listener-filters', site, {
    path: ['filters', 'requests', at],
    message: `ExtensionRef ${kind} is not known to daemun; the listener takes no traffic without it`,
    help: 'Remove the filter: of listeners, only those of type ExternalAuth are served',
  });
  return { reason: 'UnsupportedValue', finding };
}
