// SPDX-License-Identifier: Apache-2.0

/** Redirects that lead back to their own rule. */
import type { Finding } from '../../errors/index.ts';
import type { HttpMatch, Redirect } from '../../snapshot/index.ts';
import { compareStrings, hostnameMatches } from '../../values/index.ts';
import type { ListenerTables } from '../arbitrate/listener-tables.ts';
import type { Attachment } from '../attach/choose-listeners.ts';
import type { ListenerTarget } from '../attach/parent-target.ts';
import { findingOf, routeOf } from '../report.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import { type EntryPlace, FirstTakers } from './first-takers.ts';

/** A redirect that leads back to its rule, if no other rule takes what it leads to. */
export interface LoopCandidate extends EntryPlace {
  /** The path that it leads to; null: the one that was asked for. */
  readonly path: string | null;
}

/** What a route says by itself; in most there is none. */
export function loopCandidates({ attachments, entries }: TranslatedRoute): readonly LoopCandidate[] {
  return entries.flatMap(({ entry }) => {
    const { match, rule } = entry;
    if (match.kind !== 'http') return [];
    for (const filter of rule.filters) {
      if (filter.kind !== 'redirect' || !repeatsMethod(match, filter.redirect)) continue;
      const path = pathAfter(match, filter.redirect);
      if (path !== undefined)
        return attachments.flatMap(attachment => comesBack(attachment, filter.redirect, { entry, path }));
    }
    return [];
  });
}

/** Clients go on with GET, but after 307 and 308. */
function repeatsMethod({ method }: HttpMatch, { status }: Redirect): boolean {
  return method === null || method === 'GET' || method === 'HEAD' || status === 307 || status === 308;
}

/** The path that a redirect, or a rewrite, leads to and its match takes; null: the same. undefined: there is none. */
export function pathAfter({ path }: HttpMatch, { path: change }: Pick<Redirect, 'path'>): string | null | undefined {
  if (change === null) return null;
  const target = change.value || '/';
  return takes(path, target) ? target : undefined;
}

/** Patterns are not tried: false. */
function takes({ kind, value }: HttpMatch['path'], path: string): boolean {
  if (kind === 'regex') return false;
  return path === value || (kind === 'prefix' && (value === '/' || path.startsWith(`${value}/`)));
}

function comesBack(
  { listener, hostnames }: Attachment,
  redirect: Redirect,
  { entry, path }: Pick<LoopCandidate, 'entry' | 'path'>,
): readonly LoopCandidate[] {
  const { hostname } = redirect;
  if (!listener.carriesTraffic || !leadsTo(listener, redirect)) return [];
  // Sorted, so the first that takes the host owns it.
  const owner = hostname === null ? hostnames[0] : hostnames.find(pattern => hostnameMatches(pattern, hostname));
  return owner === undefined ? [] : [{ entry, listener: listener.id, hostname: owner, path }];
}

function leadsTo({ secure, port: own }: ListenerTarget, { scheme, port }: Redirect): boolean {
  const spoken = secure ? 'https' : 'http';
  const implied = scheme === 'https' ? 443 : 80;
  return (scheme ?? spoken) === spoken && (port ?? (scheme === null ? own : implied)) === own;
}

/** The candidates that are loops. `candidates`: by route. */
export function lintRedirectLoops(
  candidates: ReadonlyMap<string, readonly LoopCandidate[]>,
  tables: ListenerTables,
): readonly Finding[] {
  const found = new Map<string, Finding>();
  const takers = new FirstTakers(tables);
  for (const candidate of [...candidates.values()].flat()) {
    const { entry, path } = candidate;
    const { origin, id } = entry.rule;
    if (found.has(id) || (path !== null && takers.isTakenBefore(candidate, path))) continue;
    const where = path === null ? '' : ` for ${path}`;
    const finding = findingOf('lint/redirect-loop', routeOf(origin), {
      path: ['spec', 'rules', origin.ruleIndex],
      message: `The rule redirects clients to itself: it takes the requests${where} that they send next`,
      help: 'Change scheme, hostname, port or path, or add a rule for where it leads',
    });
    found.set(id, finding);
  }
  return [...found].sort(([a], [b]) => compareStrings(a, b)).map(([, finding]) => finding);
}
