// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { HTTPRouteFilter } from '../../resources/index.ts';
import type { PathChange, Redirect, RequestMatch, UrlRewrite } from '../../snapshot/index.ts';
import { normalTarget } from '../../values/index.ts';

type WrittenRedirect = Extract<HTTPRouteFilter, { type: 'RequestRedirect' }>['requestRedirect'];
type WrittenRewrite = Extract<HTTPRouteFilter, { type: 'URLRewrite' }>['urlRewrite'];
type WrittenPath = NonNullable<WrittenRewrite['path']>;

/**
 * The prefix that all requests of a rule have, as they are compared with it, without a slash at its end; null: they have none.
 * `matches`: all of the rule.
 */
export function prefixOf(matches: readonly RequestMatch[]): string | null {
  const [match, another] = matches;
  if (another !== undefined || match?.kind !== 'http' || match.path.kind !== 'prefix') return null;
  return withoutSlash(match.path.value);
}

/** Whether a filter replaces a prefix, which a rule must have then. The API server refuses most of those that have none. */
export function replacesPrefix({ path }: WrittenRewrite): boolean {
  return path?.type === 'ReplacePrefixMatch';
}

/** `prefix`: what `prefixOf` says. */
export function compileRedirect(written: WrittenRedirect, prefix: string | null): Redirect {
  const { scheme = null, port = null, statusCode } = written;
  return { status: statusCode, scheme, port, ...compileRewrite(written, prefix) };
}

export function compileRewrite({ hostname, path }: WrittenRewrite, prefix: string | null): UrlRewrite {
  return { hostname: hostname ?? null, path: path === undefined ? null : compilePath(path, prefix ?? '') };
}

function compilePath(path: WrittenPath, prefix: string): PathChange {
  const value = soundPath(textOf(path));
  return path.type === 'ReplaceFullPath'
    ? { kind: 'full', value }
    : { kind: 'prefix', prefix, value: withoutSlash(value) };
}

/** How a path is sent that cannot be sent as it was written, in a sentence; undefined: it can. */
export function otherPath({ path }: WrittenRewrite): Pick<Finding, 'message' | 'help'> | undefined {
  const written = path === undefined ? '' : textOf(path);
  const sound = soundPath(written);
  if (written === '' || sound === written) return undefined;
  const isQuery = written.includes('?');
  return {
    message: `The path ${JSON.stringify(written)} is sent as ${sound}`,
    help: isQuery ? 'Remove ? and what follows: the query of the request is kept' : `Write ${sound}`,
  };
}

function textOf(path: WrittenPath): string {
  return path.type === 'ReplaceFullPath' ? path.replaceFullPath : path.replacePrefixMatch;
}

/** The API takes any text. What is no path is percent-encoded, as browsers do, and the rest is in the one form that paths of requests have. */
function soundPath(text: string): string {
  const url = new URL('http://path.invalid');
  url.pathname = text;
  return normalTarget(url.pathname.replace(/%(?![0-9A-Fa-f]{2})/g, '%25')) || '/';
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
