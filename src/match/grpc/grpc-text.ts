// SPDX-License-Identifier: Apache-2.0

import type { GrpcMatch, GrpcMethodMatch } from '../../snapshot/index.ts';
import { caseHint, describeHeader, isTooLong, TOO_LONG, whyNotHeaders } from '../header-text.ts';
import type { RequestView } from '../request-view.ts';
import type { CompiledGrpcMatch } from './compiled-grpc-match.ts';
import { grpcPathFault, invalidPathText } from './grpc-path.ts';

/** What a match asks for: `method pkg.User/Login, header env = "canary"`. */
export function describeGrpcMatch({ method, headers }: GrpcMatch): string {
  return [describeMethod(method), ...headers.map(describeHeader)].join(', ');
}

function describeMethod(method: GrpcMethodMatch | null): string {
  if (method === null || (method.service === null && method.method === null)) return 'any gRPC method';
  const { service, method: name } = method;
  const sign = method.kind === 'regex' ? '~ ' : '';
  if (name === null) return `service ${sign}${service}`;
  if (service === null) return `method ${sign}${name}`;
  return `method ${sign}${service}/${name}`;
}

/** Why a match does not take a request, in one line; undefined: it does. */
export function whyNotGrpc(compiled: CompiledGrpcMatch, request: RequestView): string | undefined {
  if (!request.isGrpc) return 'takes gRPC requests only: POST with content-type application/grpc';
  const path = request.called;
  if (path === null) return invalidPathText(request.path, grpcPathFault(request.path) ?? '');
  if (!compiled.takesMethod(path)) return whyNotMethod(compiled.source.method, path);
  return whyNotHeaders(compiled, request);
}

function whyNotMethod(
  match: GrpcMethodMatch | null,
  asked: { readonly service: string; readonly method: string },
): string {
  const service = match?.service ?? null;
  const method = match?.method ?? null;
  if (match?.kind === 'regex') return whyNotPattern(service, method, asked);
  if (method === null) return `service ${asked.service} is not ${service}${caseHint(asked.service, service)}`;
  if (service === null) return `method ${asked.method} is not ${method}${caseHint(asked.method, method)}`;
  const got = `${asked.service}/${asked.method}`;
  const wanted = `${service}/${method}`;
  return `method ${got} is not ${wanted}${caseHint(got, wanted)}`;
}

function whyNotPattern(
  service: string | null,
  method: string | null,
  asked: { readonly service: string; readonly method: string },
): string {
  if ((service !== null && isTooLong(asked.service)) || (method !== null && isTooLong(asked.method)))
    return `the method's name ${TOO_LONG}`;
  const wanted = `${service ?? '.*'}/${method ?? '.*'}`;
  return `method ${asked.service}/${asked.method} does not match the pattern ${wanted}`;
}
