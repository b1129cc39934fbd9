// SPDX-License-Identifier: Apache-2.0

import { isDroppedAtEdge } from '../../values/index.ts';
import { HeaderList, type VolatileFields, withoutFields } from '../../wire/index.ts';

/**
 * Which trailer fields pass. Trailers come after everything was decided: a field that frames, routes, authenticates or
 * conditions a message has no meaning there but for a reader who merges it into the head (RFC 9110 §6.5.1). Such fields
 * are dropped. A client's trailers that speak of framing itself are refused by the wire layer before they come here.
 */

/** Framing, routing, authentication, request modifiers, response control (RFC 9110 §6.5.1; the list of Go's net/http, and cookies). */
const UNFIT: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'expires',
  'forwarded',
  'host',
  'location',
  'max-forwards',
  'pragma',
  'proxy-authenticate',
  'proxy-authorization',
  'range',
  'realm',
  'retry-after',
  'set-cookie',
  'te',
  'trailer',
  'vary',
  'www-authenticate',
  'x-real-ip',
]);

/** Either direction. */
function isUnfit(name: string): boolean {
  return UNFIT.has(name) || name.startsWith('x-forwarded-') || name.startsWith('if-');
}

function isUnfitForRequest(name: string): boolean {
  return isUnfit(name) || isDroppedAtEdge(name, false);
}

/** Trailers of a request that may pass. Rare, so nothing is remembered. */
export function requestTrailers(trailers: HeaderList): HeaderList {
  return without(trailers, isUnfitForRequest);
}

export function requestTrailerFields(fields: VolatileFields): VolatileFields {
  return withoutFields(fields, isUnfitForRequest);
}

/** Trailers of a response that may pass: the same list when all may. Callers remember the answer with the list. */
export function responseTrailers(trailers: HeaderList): HeaderList {
  return without(trailers, isUnfit);
}

export function responseTrailerFields(fields: VolatileFields): VolatileFields {
  return withoutFields(fields, isUnfit);
}

function without(list: HeaderList, isDropped: (name: string) => boolean): HeaderList {
  if (!list.names.some(isDropped)) return list;
  const names: string[] = [];
  const values: string[] = [];
  for (const [at, name] of list.names.entries()) {
    if (isDropped(name)) continue;
    names.push(name);
    values.push(list.values[at] ?? '');
  }
  return new HeaderList(names, values, list.sensitive);
}
