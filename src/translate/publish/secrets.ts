// SPDX-License-Identifier: Apache-2.0

import type { Certificate, Cluster, TrustBundle } from '../../snapshot/index.ts';
import { compareStrings, shareMap } from '../../values/index.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import type { AcceptedXBackends } from '../accept/x-backends.ts';
import type { BackendTlsPolicies } from '../policies/backend-tls-policies.ts';

/** What proves who somebody is, and by whom: all that clusters and listeners name, each once, sorted by id. */
export interface PublishedSecrets {
  readonly certificates: readonly Certificate[];
  readonly trustBundles: readonly TrustBundle[];
}

/** `ofListeners`: the certificates that listeners are served with. Unchanged lists keep their identity. */
export function publishSecrets(
  users: {
    readonly ofListeners: readonly Certificate[];
    readonly clusters: readonly Cluster[];
    readonly gateways: ReadonlyMap<string, AcceptedGateway>;
    /** What may be shown to backends, by Secret. */
    readonly shown: ReadonlyMap<string, Certificate>;
    readonly policies: BackendTlsPolicies;
    readonly xBackends: AcceptedXBackends;
  },
  previous: PublishedSecrets | undefined,
): PublishedSecrets {
  const ofXBackends = users.xBackends.accepted.flatMap(({ bundle }) => (bundle === null ? [] : [bundle]));
  const [shown, bundles] = [[...users.shown.values()], [...users.policies.bundles.values(), ...ofXBackends]];
  // Mostly there are none, and thousands of clusters.
  const wanted = shown.length + bundles.length === 0 ? NOTHING : wantedBy(users.clusters);
  const certificates = [...users.ofListeners, ...shown.filter(({ id }) => wanted.has(id))];
  const trusted = [...bundles.filter(({ id }) => wanted.has(id)), ...bundlesOfClients(users.gateways.values())];
  return {
    certificates: sortById(certificates, previous?.certificates),
    trustBundles: sortById(trusted, previous?.trustBundles),
  };
}

const NOTHING: ReadonlySet<string> = new Set();

/** Ids of what clusters name. */
function wantedBy(clusters: readonly Cluster[]): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const { tls } of clusters) {
    if (tls?.clientCertificate != null) wanted.add(tls.clientCertificate);
    if (tls?.trust.kind === 'bundle') wanted.add(tls.trust.bundle);
  }
  return wanted;
}

/** What the clients of listeners are held against. */
function* bundlesOfClients(gateways: Iterable<AcceptedGateway>): Generator<TrustBundle> {
  for (const { listeners } of gateways)
    for (const { judged, sockets } of listeners)
      if (sockets.length > 0 && judged.clients !== null) yield judged.clients.bundle;
}

/** What Gateways and XBackends have shown to backends, by `namespace/name` of the Secret. */
export function clientCertificates(
  gateways: ReadonlyMap<string, AcceptedGateway>,
  xBackends: AcceptedXBackends,
  previous: ReadonlyMap<string, Certificate> | undefined,
): ReadonlyMap<string, Certificate> {
  const found = new Map<string, Certificate>();
  const all = [...gateways.values()].map(({ clientCertificate }) => clientCertificate);
  for (const { secret, certificate } of [...all, ...xBackends.accepted.map(({ client }) => client)]) {
    if (secret !== null && certificate !== null) found.set(secret, certificate);
  }
  return shareMap(previous, found);
}

/** Ids follow from content, which need not be compared. */
function sortById<T extends { readonly id: string }>(items: readonly T[], previous: readonly T[] = []): readonly T[] {
  const known = new Map(previous.map(item => [item.id, item]));
  const byId = new Map(items.map(item => [item.id, known.get(item.id) ?? item]));
  const sorted = [...byId.values()].sort((a, b) => compareStrings(a.id, b.id));
  const isSame = sorted.length === previous.length && sorted.every((item, at) => item === previous[at]);
  return isSame ? previous : sorted;
}
