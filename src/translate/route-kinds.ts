// SPDX-License-Identifier: Apache-2.0

/** The kinds of routes that attach to listeners. A new kind is a member here; the compiler then names what is missing. */
import type {
  BackendObjectReference,
  ForwardingRule,
  GRPCRoute,
  GRPCRouteRule,
  HTTPRoute,
  HTTPRouteRule,
  ResourceSet,
  TCPRoute,
  TLSRoute,
  UDPRoute,
} from '../resources/index.ts';
import { formatNamespacedName } from '../values/index.ts';

/** A route that attaches to listeners; `kind` says what its rules look like. */
export type AttachableRoute = RequestRoute | StreamRoute;

/** A route of requests: its rules have matches, filters and weighted backends. */
export type RequestRoute = GRPCRoute | HTTPRoute;

/** A route of connections or datagrams: all that it takes goes to the backends of one rule. */
export type StreamRoute = TLSRoute | TCPRoute | UDPRoute;

/** A rule of a route of requests. What the kinds have in common is read from `rule`. */
export type RouteRule =
  | { readonly kind: 'GRPCRoute'; readonly rule: GRPCRouteRule }
  | { readonly kind: 'HTTPRoute'; readonly rule: HTTPRouteRule };

/** `Kind/namespace/name`: two kinds may have routes of one name. */
export function routeKey(route: AttachableRoute): string {
  return `${route.kind}/${formatNamespacedName(route.metadata)}`;
}

/** The maps that hold routes, by kind. Each keeps its identity while no route in it changes. */
export function routeMaps(resources: ResourceSet): Readonly<Record<AttachableRoute['kind'], RouteMap>> {
  return {
    GRPCRoute: resources.grpcRoutes,
    HTTPRoute: resources.httpRoutes,
    TLSRoute: resources.tlsRoutes,
    TCPRoute: resources.tcpRoutes,
    UDPRoute: resources.udpRoutes,
  };
}

/** Keyed by `namespace/name`. */
export type RouteMap = ReadonlyMap<string, AttachableRoute>;

/** True for a route of requests. */
export function isRequestRoute(route: AttachableRoute): route is RequestRoute {
  return route.kind === 'GRPCRoute' || route.kind === 'HTTPRoute';
}

/** The hostnames that a route names; empty: it is for any, or knows none. */
export function hostnamesOf(route: AttachableRoute): readonly string[] {
  switch (route.kind) {
    case 'GRPCRoute':
    case 'HTTPRoute':
    case 'TLSRoute':
      return route.spec.hostnames ?? [];
    case 'TCPRoute':
    case 'UDPRoute':
      return [];
  }
}

/** The rules of a route of requests, as written. */
export function rulesOf(route: RequestRoute): readonly RouteRule[] {
  switch (route.kind) {
    case 'GRPCRoute':
      return (route.spec.rules ?? []).map(rule => ({ kind: 'GRPCRoute', rule }));
    case 'HTTPRoute':
      return route.spec.rules.map(rule => ({ kind: 'HTTPRoute', rule }));
  }
}

/** A backend that a route names, and where. */
export interface NamedBackend {
  readonly ref: BackendObjectReference;
  readonly path: Path;
}

/** Every backend that a route names, those of filters too; in each rule the filters of the rule itself come last. */
export function backendsOf(route: AttachableRoute): readonly NamedBackend[] {
  return isRequestRoute(route) ? backendsOfRequests(route) : backendsOfStreams(route.spec.rules);
}

function backendsOfStreams(rules: readonly ForwardingRule[]): readonly NamedBackend[] {
  return rules.flatMap(({ backendRefs }, index) =>
    backendRefs.map((ref, backend) => ({ ref, path: ['spec', 'rules', index, 'backendRefs', backend] })),
  );
}

function backendsOfRequests(route: RequestRoute): readonly NamedBackend[] {
  const backends: NamedBackend[] = [];
  for (const [index, { rule }] of rulesOf(route).entries()) {
    const at = ['spec', 'rules', index];
    for (const [backend, ref] of (rule.backendRefs ?? []).entries()) {
      const path = [...at, 'backendRefs', backend];
      backends.push({ ref, path });
      addFilters(ref.filters, path, backends);
    }
    addFilters(rule.filters, at, backends);
  }
  return backends;
}

function addFilters(filters: RouteRule['rule']['filters'] = [], at: Path, backends: NamedBackend[]): void {
  for (const [index, filter] of filters.entries()) {
    const path = [...at, 'filters', index];
    if (filter.type === 'RequestMirror')
      backends.push({ ref: filter.requestMirror.backendRef, path: [...path, 'requestMirror', 'backendRef'] });
    if (filter.type === 'ExternalAuth')
      backends.push({ ref: filter.externalAuth.backendRef, path: [...path, 'externalAuth', 'backendRef'] });
  }
}

type Path = readonly (string | number)[];
