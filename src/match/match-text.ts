// SPDX-License-Identifier: Apache-2.0

import type { GrpcMethodMatch, HeaderMatch, RequestMatch } from '../snapshot/index.ts';
import { isDroppedAtEdge } from '../values/index.ts';
import { type CompiledMatch, methodHolds } from './compiled-match.ts';
import { grpcPathFault, splitGrpcPath } from './grpc-path.ts';
import { MAX_PATTERN_TEXT } from './pattern-verdicts.ts';
import type { RequestView } from './request-view.ts';

/** What a match asks for: `method pkg.User/Login, header env = "canary"`. */
export function describeMatch({ method, headers }: RequestMatch): string {
  const parts = [describeMethod(method), ...headers.map(describeHeader)];
  return parts.join(', ');
}

function describeMethod(method: GrpcMethodMatch | null): string {
  if (method === null || (method.service === null && method.method === null)) return 'any gRPC method';
  const { service, method: name } = method;
  const sign = method.kind === 'regex' ? '~ ' : '';
  if (name === null) return `service ${sign}${service}`;
  if (service === null) return `method ${sign}${name}`;
  return `method ${sign}${service}/${name}`;
}

function describeHeader({ kind, name, value }: HeaderMatch): string {
  return `header ${name} ${kind === 'regex' ? '~' : '='} ${JSON.stringify(value)}`;
}

/** Why a match does not take a request, in one line; undefined: it does. */
export function whyNot(compiled: CompiledMatch, request: RequestView): string | undefined {
  if (!request.isGrpc) return 'takes gRPC requests only: POST with content-type application/grpc';
  if (!methodHolds(compiled, request)) return whyNotMethod(compiled.source.method, request.path);
  const header = compiled.headers?.firstUnmet(request);
  if (header === undefined) return undefined;
  const text = whyNotHeader(header, request.header(header.name));
  const { length } = compiled.source.headers;
  return length < 2 ? text : `${text} (every header of a match must fit)`;
}

function whyNotMethod(match: GrpcMethodMatch | null, path: string): string {
  const asked = splitGrpcPath(path);
  if (asked === undefined) return `path ${path} ${grpcPathFault(path)}, so it names no gRPC method`;
  const service = match?.service ?? null;
  const method = match?.method ?? null;
  if (match?.kind === 'regex') return whyNotPattern(service, method, asked.service, asked.method);
  if (method === null) return `service ${asked.service} is not ${service}${caseHint(asked.service, service)}`;
  if (service === null) return `method ${asked.method} is not ${method}${caseHint(asked.method, method)}`;
  const got = `${asked.service}/${asked.method}`;
  const wanted = `${service}/${method}`;
  return `method ${got} is not ${wanted}${caseHint(got, wanted)}`;
}

function whyNotPattern(service: string | null, method: string | null, gotService: string, gotMethod: string): string {
  if ((service !== null && isTooLong(gotService)) || (method !== null && isTooLong(gotMethod)))
    return `the method's name ${TOO_LONG}`;
  const wanted = `${service ?? '.*'}/${method ?? '.*'}`;
  return `method ${gotService}/${gotMethod} does not match the pattern ${wanted}`;
}

const TOO_LONG = `is longer than the ${MAX_PATTERN_TEXT} characters that patterns are tried on, so it matches none`;

function isTooLong(text: string): boolean {
  return text.length > MAX_PATTERN_TEXT;
}

function caseHint(got: string, wanted: string | null): string {
  return got.toLowerCase() === wanted?.toLowerCase() ? ' (case matters)' : '';
}

function whyNotHeader({ kind, name, value }: HeaderMatch, got: string | undefined): string {
  if (isDroppedAtEdge(name)) return `header ${name} is dropped when a client sends it, so no request has it`;
  if (kind === 'regex' && got !== undefined && isTooLong(got)) return `header ${name} ${TOO_LONG}`;
  const wanted = kind === 'regex' ? `a match of ${value}` : JSON.stringify(value);
  return got === undefined
    ? `header ${name} is absent, wants ${wanted}`
    : `header ${name} is ${JSON.stringify(got)}, wants ${wanted}`;
}
