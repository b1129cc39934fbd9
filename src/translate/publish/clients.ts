// SPDX-License-Identifier: Apache-2.0

import type { Pod } from '../../resources/index.ts';
import { type ClientNamespace, compareClients } from '../../snapshot/index.ts';
import { normalAddress, share } from '../../values/index.ts';
import { compareAge } from '../age.ts';
import { changedKeys } from '../changes.ts';

/** Whose namespace clients of frontends are of. */
export interface PublishedClients {
  readonly pods: ReadonlyMap<string, Pod>;
  readonly given: readonly ClientNamespace[];
  /** Sorted by range. Items of Pods that did not change keep their identity. */
  readonly clients: readonly ClientNamespace[];
  /** Ranges that several Pods have, or that are given: all Pods are looked at when those change. */
  readonly shared: ReadonlySet<string>;
}

const NOBODY: PublishedClients = { pods: new Map(), given: [], clients: [], shared: new Set() };

/**
 * The clients that Pods are, and those that are `given` by range, which stand above Pods; nobody while nobody is asked about. While one Pod
 * gives its address to the next both may be there: the younger one has it. A Pod in the network of its node is no client by itself: it has the
 * node's address, and so have others of other namespaces.
 */
export function publishClients(
  { pods, given, isAsked }: Pick<PublishedClients, 'pods' | 'given'> & { readonly isAsked: boolean },
  previous: PublishedClients = NOBODY,
): PublishedClients {
  if (!isAsked) return NOBODY;
  const changed = changedKeys(previous.pods, pods).filter(key => !isSameClient(previous.pods.get(key), pods.get(key)));
  const left = rangesOf(changed, previous.pods);
  const touched = new Set([...left, ...rangesOf(changed, pods)]);
  if (previous.given !== given) for (const { range } of [...previous.given, ...given]) touched.add(range);
  if (touched.size === 0) return { ...previous, pods, given };
  const before = new Map<string, ClientNamespace>();
  const kept = previous.clients.filter(client => {
    if (touched.has(client.range)) before.set(client.range, client);
    return !touched.has(client.range);
  });
  // One that is nobody else's concerns the Pods that changed alone.
  const isOwn = [...touched].every(range => !previous.shared.has(range) && (left.has(range) || !before.has(range)));
  const candidates = isOwn && previous.given === given ? changed.flatMap(key => pods.get(key) ?? []) : pods.values();
  const { owners, contested } = ownersOf(touched, candidates, given);
  const shared = new Set([...[...previous.shared].filter(range => !touched.has(range)), ...contested]);
  const now = owners.map(client => share(before.get(client.range), client));
  if (now.length === before.size && now.every(client => before.get(client.range) === client))
    return { ...previous, pods, given, shared };
  // The old order first: it is one sorted run, so that the sort is hardly more than one pass.
  return { pods, given, clients: [...kept, ...now].sort(compareClients), shared };
}

function rangesOf(keys: readonly string[], pods: ReadonlyMap<string, Pod>): ReadonlySet<string> {
  return new Set(keys.flatMap(key => clientsOf(pods.get(key)).map(({ range }) => range)));
}

/** Most of what becomes of a Pod is no matter of whose its addresses are. */
function isSameClient(before: Pod | undefined, now: Pod | undefined): boolean {
  const clients = clientsOf(before);
  const isSameAge = before?.metadata.creationTimestamp === now?.metadata.creationTimestamp;
  return share(clients, clientsOf(now)) === clients && (isSameAge || clients.length === 0);
}

function ownersOf(
  touched: ReadonlySet<string>,
  pods: Iterable<Pod>,
  given: readonly ClientNamespace[],
): { readonly owners: readonly ClientNamespace[]; readonly contested: ReadonlySet<string> } {
  const owners = new Map<string, { readonly pod: Pod; readonly client: ClientNamespace }>();
  const contested = new Set<string>();
  for (const pod of pods) {
    for (const client of clientsOf(pod)) {
      if (!touched.has(client.range)) continue;
      const other = owners.get(client.range);
      if (other !== undefined) contested.add(client.range);
      if (other === undefined || compareAge(other.pod.metadata, pod.metadata) < 0)
        owners.set(client.range, { pod, client });
    }
  }
  const found = new Map([...owners].map(([range, { client }]) => [range, client]));
  for (const client of given) {
    if (!touched.has(client.range)) continue;
    found.set(client.range, client);
    contested.add(client.range);
  }
  return { owners: [...found.values()], contested };
}

/** Of each Pod as it is: what it was is looked at again and again while others change. */
const known = new WeakMap<Pod, readonly ClientNamespace[]>();
const NONE: readonly ClientNamespace[] = [];

function clientsOf(pod: Pod | undefined): readonly ClientNamespace[] {
  if (pod === undefined) return NONE;
  let clients = known.get(pod);
  if (clients === undefined) {
    clients = readClients(pod);
    known.set(pod, clients);
  }
  return clients;
}

function readClients({ spec, status, metadata }: Pod): readonly ClientNamespace[] {
  const { phase, podIP, podIPs } = status;
  // The address of one that is over may be another one's already.
  if (spec.hostNetwork || phase === 'Succeeded' || phase === 'Failed') return NONE;
  const addresses = podIPs.length > 0 ? podIPs.map(({ ip }) => ip) : [podIP];
  return addresses.flatMap(address => {
    const normal = normalAddress(address);
    if (normal === undefined) return [];
    return [{ range: `${normal}/${normal.includes(':') ? 128 : 32}`, namespace: metadata.namespace }];
  });
}
