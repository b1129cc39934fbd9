// SPDX-License-Identifier: Apache-2.0

import { isObject } from '../plain-object.ts';
import { type KubeClient, KubeRefusal } from './kube-client.ts';
import type { ReadKind } from './read-kinds.ts';

/** The version in which each kind is read, by kind; a kind that is not there is not served. */
export type ServedVersions = ReadonlyMap<string, string>;

/**
 * Asks an API server which of these kinds it serves, and chooses for each the first of its declared versions that is. One request for
 * each group, one for each version of it that we know. Rejects with what the client or the server says.
 */
export async function discover(
  client: KubeClient,
  kinds: readonly ReadKind[],
  signal: AbortSignal,
): Promise<ServedVersions> {
  const groups = Map.groupBy(kinds, ({ declaration }) => declaration.group);
  const served = new Map<string, string>();
  await Promise.all(
    [...groups].map(async ([group, members]) => {
      const plurals = group === '' ? null : await pluralsOf(client, { group, members, signal });
      for (const { kind, declaration } of members) {
        const version = declaration.versions.find(one => plurals === null || plurals.get(one)?.has(declaration.plural));
        if (version !== undefined) served.set(kind, version);
      }
    }),
  );
  return served;
}

/** Version of a group → the collections that it has. */
async function pluralsOf(
  client: KubeClient,
  asked: { readonly group: string; readonly members: readonly ReadKind[]; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { group, members, signal } = asked;
  const known = new Set(members.flatMap(({ declaration }) => declaration.versions));
  const versions = namesIn(await get(client, `/apis/${group}`, signal), 'versions', 'version');
  const found = await Promise.all(
    versions
      .filter(version => known.has(version))
      .map(async version => {
        const resources = namesIn(await get(client, `/apis/${group}/${version}`, signal), 'resources', 'name');
        return [version, new Set(resources)] as const;
      }),
  );
  return new Map(found);
}

/** undefined: the server has nothing there. */
async function get(client: KubeClient, path: string, signal: AbortSignal): Promise<unknown> {
  const response = await client.request({ method: 'GET', path, signal });
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw new KubeRefusal(response, `discovery of ${path}`);
  return response.json;
}

function namesIn(json: unknown, list: string, field: string): string[] {
  const items = isObject(json) ? json[list] : undefined;
  if (!Array.isArray(items)) return [];
  return items.flatMap(item => {
    const name = isObject(item) ? item[field] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}
