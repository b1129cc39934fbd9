// SPDX-License-Identifier: Apache-2.0

/**
 * Matching of HTTP requests as the specification says it, without any index: for property tests. Sources: Gateway API
 * `HTTPRouteRule.matches`, `HTTPPathMatch`, `HTTPHeaderMatch`, `HTTPQueryParamMatch`.
 */
import type { HttpMatch, RequestListener, RequestMatch, RouteEntry } from '../../snapshot/index.ts';
import { firstEntry, grpcHolds, holdsHeader } from '../oracle.test-support.ts';

export interface HttpOracleRequest {
  readonly host: string;
  readonly isGrpc: boolean;
  readonly method: string;
  /** Elements of the path: `['a', 'b']` is `/a/b`. */
  readonly elements: readonly string[];
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
}

export function oracleHttpEntry(listener: RequestListener, request: HttpOracleRequest): RouteEntry | undefined {
  return firstEntry(listener, request.host, match => holds(match, request));
}

function holds(match: RequestMatch, request: HttpOracleRequest): boolean {
  if (match.kind === 'http') return httpHolds(match, request);
  const [service = '', method = '', ...rest] = request.elements;
  if (!request.isGrpc || rest.length > 0 || request.query.length > 0) return false;
  return grpcHolds(match, { host: request.host, service, method, headers: request.headers });
}

/** "Matches are ANDed": path, method, all headers and all query parameters. */
function httpHolds({ path, method, headers, queryParams }: HttpMatch, request: HttpOracleRequest): boolean {
  const first = (name: string) => request.query.find(([own]) => own === name)?.[1];
  return (
    holdsPath(path, request.elements) &&
    (method === null || method === request.method) &&
    headers.every(header => holdsHeader(header, request.headers[header.name])) &&
    queryParams.every(param => holdsHeader(param, first(param.name)))
  );
}

/** "Matching is done on a path element by element basis … a trailing slash is ignored" for prefixes. */
function holdsPath({ kind, value }: HttpMatch['path'], elements: readonly string[]): boolean {
  const path = `/${elements.join('/')}`;
  switch (kind) {
    case 'exact':
      return path === value;
    case 'prefix':
      return (
        value === '/' ||
        value
          .slice(1)
          .split('/')
          .every((element, at) => element === elements[at])
      );
    case 'regex':
      return new RegExp(`^(?:${value})$`).test(path);
  }
}
