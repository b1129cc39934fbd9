// SPDX-License-Identifier: Apache-2.0

import type { HttpMatch } from '../../snapshot/index.ts';
import {
  caseHint,
  describeHeader,
  describeValue,
  isTooLong,
  TOO_LONG,
  whyNotHeaders,
  whyNotValue,
} from '../header-text.ts';
import type { RequestView } from '../request-view.ts';
import type { CompiledHttpMatch } from './compiled-http-match.ts';
import { splitTarget } from './http-target.ts';

/** What a match asks for: `GET path /a/..., header env = "canary", query v = "2"`. */
export function describeHttpMatch({ method, path, headers, queryParams }: HttpMatch): string {
  const parts = [
    `${method === null ? '' : `${method} `}${describePath(path)}`,
    ...headers.map(describeHeader),
    ...queryParams.map(param => `query ${describeValue(param)}`),
  ];
  return parts.join(', ');
}

function describePath({ kind, value }: HttpMatch['path']): string {
  switch (kind) {
    case 'exact':
      return `path ${value}`;
    case 'prefix':
      return value === '/' ? 'any path' : `path ${value} and below`;
    case 'regex':
      return `path ~ ${value}`;
  }
}

/** Why a match does not take a request, in one line; undefined: it does. */
export function whyNotHttp(compiled: CompiledHttpMatch, request: RequestView): string | undefined {
  const { source } = compiled;
  const target = splitTarget(request.method, request.path);
  if (target === undefined) return `${request.path} is no path, and rules are for paths`;
  if (!compiled.takesPath(target.path)) return whyNotPath(source.path, target.path);
  if (source.method !== null && source.method !== target.method)
    return `method ${target.method} is not ${source.method}`;
  const param = compiled.unmetParam(target);
  if (param !== undefined) return whyNotValue(`query ${param.name}`, param, target.param(param.name));
  return whyNotHeaders(compiled, request);
}

function whyNotPath({ kind, value }: HttpMatch['path'], path: string): string {
  switch (kind) {
    case 'exact':
      return `path ${path} is not ${value}${caseHint(path, value)}`;
    case 'prefix':
      return `path ${path} is not under ${value}${path.startsWith(value) ? ' (prefixes end at a slash)' : ''}`;
    case 'regex':
      return isTooLong(path) ? `the path ${TOO_LONG}` : `path ${path} does not match the pattern ${value}`;
  }
}
