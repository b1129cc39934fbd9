// SPDX-License-Identifier: Apache-2.0

import type { Pod } from '../../resources/index.ts';
import { type ClientNamespace, compareClients } from '../../snapshot/index.ts';
import { normalAddress } from '../../values/index.ts';
import { compareAge } from '../age.ts';
import { changedKeys } from '../changes.ts';
import { share } from '../share.ts';

/** Whose namespace clients of frontends are of. */
export interface PublishedClients {
  readonly pods: ReadonlyMap<string, Pod>;
  readonly given: readonly ClientNamespace[];
  /** Sorted by range. Items of Pods that did not change keep their identity. */
  readonly clients: readonly ClientNamespace[];
}

const NOBODY: PublishedClients = { pods: new Map(), given: [], clients: [] };

/**
 * The clients that Pods are, and those that are `given` by range, which stand above Pods; nobody while nobody is asked about. While one Pod
 * gives its address to the next both may be there: the younger one has it. A Pod in the network of its node is no client by itself: it has the
 * node's address, and so have others of other namespaces.
 */
export function publishClients(
  { pods, given, isAsked }: Omit<PublishedClients, 'clients'> & { readonly isAsked: boolean },
  previous: PublishedClients = NOBODY,
): PublishedClients {
  if (!isAsked) return NOBODY;
  const touched = new Set(previous.given === given ? [] : [...previous.given, ...given].map(({ range }) => range));
  for (const key of changedKeys(previous.pods, pods)) {
    const [before, after] = [previous.pods.get(key), pods.get(key)].map(clientsOf);
    if (before !== after) for (const { range } of [...(before ?? []), ...(after ?? [])]) touched.add(range);
  }
  if (touched.size === 0) return { ...previous, pods };
  const before = new Map<string, ClientNamespace>();
  const kept = previous.clients.filter(client => {
    if (touched.has(client.range)) before.set(client.range, client);
    return !touched.has(client.range);
  });
  const owners = [...ownersOf(touched, pods, given)].map(client => share(before.get(client.range), client));
  if (owners.length === before.size && owners.every(client => before.get(client.range) === client))
    return { ...previous, pods, given };
  // The old order first: it is one sorted run, so that the sort is hardly more than one pass.
  const clients = [...kept, ...owners].sort(compareClients);
  return { pods, given, clients };
}

function ownersOf(
  touched: ReadonlySet<string>,
  pods: ReadonlyMap<string, Pod>,
  given: readonly ClientNamespace[],
): Iterable<ClientNamespace> {
  const owners = new Map<string, { readonly pod: Pod; readonly client: ClientNamespace }>();
  for (const pod of pods.values()) {
    for (const client of clientsOf(pod)) {
      if (!touched.has(client.range)) continue;
      const other = owners.get(client.range);
      if (other === undefined || compareAge(other.pod.metadata, pod.metadata) < 0)
        owners.set(client.range, { pod, client });
    }
  }
  const found = new Map([...owners].map(([range, { client }]) => [range, client]));
  for (const client of given) if (touched.has(client.range)) found.set(client.range, client);
  return found.values();
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
