// SPDX-License-Identifier: Apache-2.0
import type { HttpMatch } from '../../snapshot/index.ts';
import {
  Answers,
  boundEntries,
  isTrusted,
  placeOf,
  type TryEntry,
  type TryPlace,
  type TrySource,
} from './try-place.ts';

/** A request of plain HTTP that the gateway answers, for the start-up table. */
export interface TryRequest extends TryPlace {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** Each is looked up among all routes, which takes a millisecond where there are thousands. */
const MAX_REQUESTS = 20;

/** The first request, by GET where the route allows it, that goes to backends that all have endpoints. */
export function findTryRequest(source: TrySource): TryRequest | undefined {
  const answers = new Answers(source.snapshot);
  let asked = 0;
  for (const at of boundEntries(source)) {
    const request = requestOf(at);
    if (request === undefined) continue;
    if (++asked > MAX_REQUESTS) return undefined;
    const { method, path } = request;
    if (answers.endpointsOf(at, request, { protocol: 'http', method, path }) === null) continue;
    return { ...request, isTrusted: isTrusted(request, at.listener, source) };
  }
  return undefined;
}

function requestOf(at: TryEntry): TryRequest | undefined {
  const { match, rule } = at.entry;
  const place = placeOf(at);
  if (match.kind !== 'http' || place === undefined || rule.fault !== null) return undefined;
  const path = pathOf(match);
  return path === undefined ? undefined : { ...place, method: match.method ?? 'GET', path };
}

function pathOf({ path, queryParams }: HttpMatch): string | undefined {
  if (path.kind === 'regex' || queryParams.some(({ kind }) => kind === 'regex')) return undefined;
  const query = queryParams.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return query.length === 0 ? path.value : `${path.value}?${query.join('&')}`;
}
