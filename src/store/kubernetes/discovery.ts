// SPDX-License-Identifier: Apache-2.0

import { mappingOf } from '../plain-object.ts';
import { type KubeClient, KubeRefusal } from './kube-client.ts';
import type { ReadKind } from './read-kinds.ts';

/** The version in which each kind is read, by kind; a kind that is not there is not served. */
export type ServedVersions = ReadonlyMap<string, string>;

/** What an API server says that it serves. */
export interface Discovered {
  readonly served: ServedVersions;
  /** What it said is not there: `group` or `group/version`. */
  readonly absent: readonly string[];
}

/** Asked for what there is at all: the place by which what is not there is told from a server that does not answer as one. */
const GROUPS = '/apis';

/**
 * Asks an API server which of these kinds it serves, and chooses for each the first of its declared versions that is. One request for
 * each group, one for each version of it that we know. Rejects with what the client or the server says, and where what answers is no API server:
 * a proxy may give any page for one.
 */
export async function discover(
  client: Pick<KubeClient, 'request'>,
  kinds: readonly ReadKind[],
  signal: AbortSignal,
): Promise<Discovered> {
  const groups = Map.groupBy(kinds, ({ declaration }) => declaration.group);
  const served = new Map<string, string>();
  const absent: string[] = [];
  await Promise.all(
    [...groups].map(async ([group, members]) => {
      const plurals = group === '' ? null : await pluralsOf(client, { group, members, absent, signal });
      for (const { kind, declaration } of members) {
        const version = declaration.versions.find(one => plurals === null || plurals.get(one)?.has(declaration.plural));
        if (version !== undefined) served.set(kind, version);
      }
    }),
  );
  return { served, absent };
}

/**
 * Resolves when the server's list of all groups has nothing of what it said is `absent`. Rejects when it has, or is no such list: 404 is also what a
 * proxy says that knows no way to the server. One request. Whoever may not see the list has to believe.
 */
export async function confirmAbsent(
  client: Pick<KubeClient, 'request'>,
  absent: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (absent.length === 0) return;
  const response = await client.request({ method: 'GET', path: GROUPS, signal });
  const { status, json } = response;
  if (status === 403 && mappingOf(json)['kind'] === 'Status') return;
  if (status !== 200) throw new KubeRefusal(response, `discovery of ${GROUPS}`);
  const groups = listIn(json, 'groups', GROUPS).map(mappingOf);
  const there = groups.flatMap(group => [group['name'], ...versionsOf(group).map(one => one['groupVersion'])]);
  const both = absent.find(one => there.includes(one));
  if (both !== undefined) throw new SyntaxError(`discovery: ${both} is in the list of groups, and cannot be found`);
}

function versionsOf({ versions }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
  return Array.isArray(versions) ? versions.map(mappingOf) : [];
}

interface AskedGroup {
  readonly group: string;
  readonly members: readonly ReadKind[];
  /** Is told what is not there. */
  readonly absent: string[];
  readonly signal: AbortSignal;
}

/** Version of a group → the collections that it has. */
async function pluralsOf(
  client: Pick<KubeClient, 'request'>,
  { group, members, absent, signal }: AskedGroup,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const known = new Set(members.flatMap(({ declaration }) => declaration.versions));
  const namesIn = async (place: string, list: string, field: string): Promise<readonly string[]> => {
    const path = `${GROUPS}/${place}`;
    const response = await client.request({ method: 'GET', path, signal });
    if (response.status === 404) absent.push(place);
    else if (response.status !== 200) throw new KubeRefusal(response, `discovery of ${path}`);
    else return listIn(response.json, list, path).map(item => String(mappingOf(item)[field]));
    return [];
  };
  const versions = await namesIn(group, 'versions', 'version');
  const found = await Promise.all(
    versions
      .filter(version => known.has(version))
      .map(async version => [version, new Set(await namesIn(`${group}/${version}`, 'resources', 'name'))] as const),
  );
  return new Map(found);
}

function listIn(json: unknown, list: string, path: string): readonly unknown[] {
  const items = mappingOf(json)[list];
  if (!Array.isArray(items)) throw new SyntaxError(`discovery of ${path}: what answers is no API server`);
  return items;
}
