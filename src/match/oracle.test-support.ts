// SPDX-License-Identifier: Apache-2.0

/**
 * Matching as the specification says it, without any index: for property tests. Sources: Gateway API v1.7
 * `GRPCRouteRule.matches`, `GRPCMethodMatch`, `GRPCHeaderMatch`, `GRPCRoute.hostnames`, `Gateway.spec.listeners`.
 */
import {
  type Binding,
  type GrpcMethodMatch,
  type HeaderMatch,
  type RequestListener,
  type RequestMatch,
  type RouteEntry,
  requestListeners,
} from '../snapshot/index.ts';

export interface OracleRequest {
  readonly host: string;
  readonly service: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** "The most specific hostname wins": exact names first, then wildcards with more characters, then no hostname. */
export function oracleListener(binding: Binding, { host }: { readonly host: string }): RequestListener | undefined {
  return mostSpecificFirst(requestListeners(binding.listeners).filter(({ hostname }) => takes(hostname, host)))[0];
}

/** Of the rules for all hostnames that take the host: most specific hostname first, then in their order. */
export function oracleEntry(listener: RequestListener, request: OracleRequest): RouteEntry | undefined {
  return firstEntry(listener, request.host, match => grpcHolds(match, request));
}

/** The first entry for a host whose match holds. */
export function firstEntry(
  { virtualHosts }: RequestListener,
  host: string,
  holds: (match: RequestMatch) => boolean,
): RouteEntry | undefined {
  const hosts = mostSpecificFirst(virtualHosts.filter(({ hostname }) => takes(hostname, host)));
  return hosts.flatMap(({ entries }) => entries).find(({ match }) => holds(match));
}

/** Whether a match takes a gRPC call. */
export function grpcHolds(match: RequestMatch, request: OracleRequest): boolean {
  return match.kind === 'grpc' && holds(match.method, match.headers, request);
}

/** "`*.example.com` matches `test.example.com` and `foo.test.example.com`, not `example.com`." */
function takes(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  if (!pattern.startsWith('*.')) return pattern === host;
  const labels = host.split('.');
  const wanted = pattern.slice(2).split('.');
  return labels.length > wanted.length && labels.slice(-wanted.length).join('.') === wanted.join('.');
}

function mostSpecificFirst<T extends { readonly hostname: string }>(all: readonly T[]): T[] {
  const rank = ({ hostname }: T) => (hostname === '*' ? 0 : hostname.startsWith('*.') ? hostname.length : 1000);
  return [...all].sort((a, b) => rank(b) - rank(a));
}

/** "Matches are ANDed": method and all headers. */
function holds(method: GrpcMethodMatch | null, headers: readonly HeaderMatch[], request: OracleRequest): boolean {
  return (
    isName(request.service) &&
    isName(request.method) &&
    holdsMethod(method, request) &&
    headers.every(header => holdsHeader(header, request.headers[header.name]))
  );
}

/** "`:path` is `/service/method`": neither is empty or dots, and both are what a URI's segment may be without decoding (RFC 3986 §3.3). */
function isName(segment: string): boolean {
  const allowed = `${LETTERS}${LETTERS.toUpperCase()}0123456789-._~!$&'()*+,=:@`;
  return !['', '.', '..'].includes(segment) && [...segment].every(character => allowed.includes(character));
}
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

function holdsMethod(match: GrpcMethodMatch | null, { service, method }: OracleRequest): boolean {
  if (match === null) return true;
  const compare = (wanted: string | null, got: string) =>
    wanted === null || (match.kind === 'exact' ? wanted === got : new RegExp(`^(?:${wanted})$`).test(got));
  return compare(match.service, service) && compare(match.method, method);
}

/** Of a header, or of a query parameter. */
export function holdsHeader({ kind, value }: HeaderMatch, got: string | undefined): boolean {
  if (got === undefined) return false;
  return kind === 'exact' ? got === value : new RegExp(`^(?:${value})$`).test(got);
}
