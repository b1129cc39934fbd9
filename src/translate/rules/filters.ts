// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type {
  ExternalAuthConfig,
  GRPCRouteFilter,
  HeaderModifier,
  HTTPRouteFilter,
  RequestMirror,
} from '../../resources/index.ts';
import type { Fault, Filter, MirrorShare } from '../../snapshot/index.ts';
import type { Problem, RouteRefsReason } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import {
  type BackendReason,
  type ResolveContext,
  type ResolvedBackend,
  resolveBackend,
} from '../resolve/backend-refs.ts';
import { resolveExternalAuth } from '../resolve/external-auth.ts';
import { FILTER_UNRESOLVED } from '../resolve/faults.ts';
import type { AttachableRoute } from '../route-kinds.ts';
import { compileCors } from './cors.ts';
import { compileHeaderChange } from './header-change.ts';
import { compileRedirect, compileRewrite, otherPath, replacesPrefix } from './url-change.ts';

/** What came of a list of filters. */
export interface CompiledFilters {
  readonly filters: readonly Filter[];
  /** Set when a filter cannot be resolved: it must not be skipped, so requests are answered with this. */
  readonly fault: Fault | null;
  /** Filters that cannot be served. */
  readonly unsupported: readonly Problem<'UnsupportedValue'>[];
  readonly refsProblems: readonly Problem<RouteRefsReason>[];
  /** Whom the filters send requests to. */
  readonly backends: readonly ResolvedBackend[];
  readonly findings: readonly Finding[];
}

const NO_FILTERS: CompiledFilters = {
  filters: [],
  fault: null,
  unsupported: [],
  refsProblems: [],
  backends: [],
  findings: [],
};

/** A filter of a rule, or of a backend, of any kind of route. */
type RouteFilter = GRPCRouteFilter | HTTPRouteFilter;

/** Collects while the filters of one list are compiled. */
interface Draft {
  readonly filters: Filter[];
  readonly unsupported: Problem<'UnsupportedValue'>[];
  readonly refsProblems: Problem<RouteRefsReason>[];
  readonly backends: ResolvedBackend[];
  readonly findings: Finding[];
  fault: Fault | null;
}

/** Where a list of filters stands. */
interface FilterSite {
  readonly route: AttachableRoute;
  readonly path: readonly (string | number)[];
  readonly context: ResolveContext;
  /** Of all requests of the rule: see `prefixOf`. */
  readonly prefix: string | null;
}

/** Compiles the filters of a rule or of a backendRef, in the order written. */
export function compileFilters(
  filters: readonly RouteFilter[] | undefined,
  { route, path, context, prefix }: FilterSite,
): CompiledFilters {
  if (filters === undefined || filters.length === 0) return NO_FILTERS;
  const draft: Draft = { filters: [], unsupported: [], refsProblems: [], backends: [], findings: [], fault: null };
  filters.forEach((filter, index) => {
    compileFilter({ route, path: [...path, index], context, prefix, draft }, filter);
  });
  // Requests are answered with the fault: no filter may answer before.
  return draft.fault === null ? draft : { ...draft, filters: [] };
}

interface Site extends FilterSite {
  readonly draft: Draft;
}

function compileFilter(site: Site, filter: RouteFilter): void {
  switch (filter.type) {
    case 'RequestHeaderModifier':
      addHeaderFilter(site, 'request-headers', filter.requestHeaderModifier);
      break;
    case 'ResponseHeaderModifier':
      addHeaderFilter(site, 'response-headers', filter.responseHeaderModifier);
      break;
    case 'RequestMirror':
      addMirror(site, filter.requestMirror);
      break;
    case 'ExternalAuth':
      addExternalAuth(site, filter.externalAuth);
      break;
    case 'ExtensionRef':
      addUnresolved(site, `ExtensionRef ${filter.extensionRef.kind} ${filter.extensionRef.name}`);
      break;
    case 'RequestRedirect':
      addUrlFilter(site, filter.requestRedirect, {
        kind: 'redirect',
        redirect: compileRedirect(filter.requestRedirect, site.prefix),
      });
      break;
    case 'URLRewrite':
      addUrlFilter(site, filter.urlRewrite, {
        kind: 'rewrite',
        rewrite: compileRewrite(filter.urlRewrite, site.prefix),
      });
      break;
    case 'CORS':
      site.draft.filters.push({ kind: 'cors', policy: compileCors(filter.cors) });
      break;
    default:
      // A type that a newer API may add: not understood means not skipped.
      addUnresolved(site, `Filter type ${(filter as { type: string }).type}`);
  }
}

function addHeaderFilter(site: Site, kind: 'request-headers' | 'response-headers', modifier: HeaderModifier): void {
  const { change, refused, unsendable } = compileHeaderChange(modifier);
  site.draft.filters.push({ kind, change });
  if (refused.length > 0) {
    site.draft.findings.push(
      findingOf('route/header-not-changeable', site.route, {
        path: site.path,
        message: `${refused.join(', ')} belongs to the connection and is left as it is`,
        help: 'Remove it from the filter',
      }),
    );
  }
  if (unsendable.length > 0) {
    site.draft.findings.push(
      findingOf('route/header-value', site.route, {
        path: site.path,
        message: `The value for ${unsendable.join(', ')} has control characters and is left out`,
        help: 'Remove line breaks and other control characters',
      }),
    );
  }
}

function addUrlFilter(site: Site, written: Parameters<typeof otherPath>[0], filter: Filter): void {
  const { draft, path, prefix, route } = site;
  const other = otherPath(written);
  if (other !== undefined) draft.findings.push(findingOf('route/path-value', route, { path, ...other }));
  if (prefix !== null || !replacesPrefix(written)) {
    draft.filters.push(filter);
    return;
  }
  const finding = findingOf('route/prefix-unknown', route, {
    path,
    message: 'replacePrefixMatch replaces a prefix, and the matches of the rule are not one prefix',
    help: 'Make a rule for each prefix, or set type: ReplaceFullPath',
  });
  draft.unsupported.push({ reason: 'UnsupportedValue', finding });
  draft.fault = FILTER_UNRESOLVED;
}

function addMirror(site: Site, mirror: RequestMirror): void {
  const path = [...site.path, 'requestMirror', 'backendRef'];
  const { route, context } = site;
  const resolved = resolveBackend(mirror.backendRef, { referrer: route, speaks: route.kind, path, context });
  if ('reason' in resolved) {
    addProblem(site.draft, resolved);
    return;
  }
  const share = mirrorShare(mirror);
  if (share.numerator === 0) return; // a lint says that it does nothing
  site.draft.backends.push(resolved);
  site.draft.filters.push({ kind: 'mirror', target: { cluster: resolved.clusterId }, share });
}

/** What is wrong with a policy of the backend is no fault of the route's reference. */
function addProblem(draft: Draft, { reason, finding }: Problem<BackendReason>): void {
  if (reason === 'BackendUntrusted') draft.findings.push(finding);
  else draft.refsProblems.push({ reason, finding });
}

/** Without its server the filter cannot be skipped. */
function addExternalAuth({ route, path, context, draft }: Site, config: ExternalAuthConfig): void {
  const resolved = resolveExternalAuth(config, { referrer: route, path, context });
  if ('reason' in resolved) {
    addProblem(draft, resolved);
    draft.fault = FILTER_UNRESOLVED;
    return;
  }
  draft.filters.push({ kind: 'external-auth', auth: resolved.auth });
  draft.backends.push(resolved.backend);
  draft.findings.push(...resolved.findings);
}

/** All requests when neither percent nor fraction is set (HTTPRequestMirrorFilter). A fraction above 1 is all, too. */
export function mirrorShare(mirror: RequestMirror): MirrorShare {
  const { percent, fraction } = mirror;
  const share =
    percent !== undefined
      ? { numerator: percent, denominator: 100 }
      : fraction !== undefined
        ? { numerator: fraction.numerator, denominator: fraction.denominator }
        : { numerator: 1, denominator: 1 };
  return share.numerator >= share.denominator ? { numerator: 1, denominator: 1 } : share;
}

function addUnresolved(site: Site, what: string): void {
  const finding = findingOf('route/filter-unresolved', site.route, {
    path: site.path,
    message: `${what} cannot be resolved; requests that it would filter are answered with an error`,
    help: 'Remove the filter: no extension filter is supported',
  });
  site.draft.refsProblems.push({ reason: 'InvalidKind', finding });
  site.draft.fault = FILTER_UNRESOLVED;
}
