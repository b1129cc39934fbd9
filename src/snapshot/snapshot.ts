// SPDX-License-Identifier: Apache-2.0

/**
 * What a data plane must do. It knows neither Kubernetes nor Envoy, is plain data (it survives a structured clone), is
 * sorted by a total order, and parts that did not change keep their identity from one translation to the next.
 */
import type { Cluster } from './cluster.ts';
import type { EndpointSet } from './endpoint-set.ts';
import type { ClientNamespace, Frontend } from './frontend.ts';
import { type Certificate, type Listener, requestListeners } from './listener.ts';
import type { RouteEntry } from './rule.ts';
import type { TrustBundle } from './trust-bundle.ts';

export interface Snapshot {
  /** Grows by one with each publish. */
  readonly version: number;
  /** Sorted by id. */
  readonly bindings: readonly Binding[];
  /** Sorted by id. Every cluster id that a rule names is here. */
  readonly clusters: readonly Cluster[];
  /** Sorted by cluster. Published apart from the rest: endpoints change most often. */
  readonly endpoints: readonly EndpointSet[];
  /** Sorted by id. */
  readonly certificates: readonly Certificate[];
  /** Sorted by id. Those that clusters and listeners name. */
  readonly trustBundles: readonly TrustBundle[];
  /** Sorted by range, each once. Whose namespace the clients of frontends are of; empty without frontends. */
  readonly clients: readonly ClientNamespace[];
}

/** One socket that the data plane listens on. */
export interface Binding {
  /** `127.0.0.1:8443/tcp`: the address and port bound, and the transport. */
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly admission: Admission;
  /** The port of a Service that it is the entrance of (`clients`); null: it is of Gateways. */
  readonly frontend: Frontend | null;
  /**
   * CIDR ranges of load balancers that say whose a connection is before it begins (PROXY protocol), sorted: a connection of such a peer
   * without it is refused, and of others it is believed from nobody.
   */
  readonly proxyProtocolFrom: readonly string[];
  /** Sorted, most specific hostname first. Exactly one of them owns a given host (listener isolation). Never empty. */
  readonly listeners: readonly Listener[];
}

/**
 * How what arrives at a binding is told apart, and so of which kinds its listeners are.
 *
 * - `first-bytes`: cleartext; the HTTP/2 preface or the first line of HTTP/1 says what is spoken, each request's host whose it is.
 *   Listeners of kind `http`.
 * - `client-hello`: TLS; the server name (SNI) chooses the listener, and there the certificate or the backend; where requests follow,
 *   ALPN says the protocol. Listeners of kinds `https` and `tls`.
 * - `stream`: all connections are alike. One listener of kind `tcp`.
 * - `clients`: the namespace of a connection's client chooses the listener, whose kind says what follows: `http` as with `first-bytes`, `tls` as
 *   with `client-hello`, `tcp` as with `stream`. Exactly one listener is for the clients that no other one names.
 * - `datagrams`: UDP; all senders are alike. One listener of kind `udp`.
 */
export type Admission = 'first-bytes' | 'client-hello' | 'stream' | 'clients' | 'datagrams';

/** How what arrives for a listener is told apart. */
export function admissionOf({ kind }: Listener): Exclude<Admission, 'clients'> {
  switch (kind) {
    case 'http':
      return 'first-bytes';
    case 'https':
    case 'tls':
      return 'client-hello';
    case 'tcp':
      return 'stream';
    case 'udp':
      return 'datagrams';
  }
}

/** What a binding's socket is. */
export function transportOf(admission: Admission): 'tcp' | 'udp' {
  return admission === 'datagrams' ? 'udp' : 'tcp';
}

/** The lists of entries of all virtual hosts, each once: alike hosts have one. */
export function* entryLists(bindings: readonly Binding[]): Generator<readonly RouteEntry[]> {
  const seen = new Set<unknown>();
  for (const { listeners } of bindings) {
    for (const { virtualHosts } of requestListeners(listeners)) {
      if (seen.has(virtualHosts)) continue;
      seen.add(virtualHosts);
      for (const { entries } of virtualHosts) {
        if (seen.has(entries)) continue;
        seen.add(entries);
        yield entries;
      }
    }
  }
}
