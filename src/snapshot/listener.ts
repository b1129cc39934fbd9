// SPDX-License-Identifier: Apache-2.0

import type { RouteEntry } from './rule.ts';

/** One Gateway (later: ListenerSet) listener on a binding. */
export interface Listener {
  /** `namespace/gateway/listener`; for logs, metrics and explanations too. */
  readonly id: string;
  readonly gateway: { readonly namespace: string; readonly name: string };
  readonly name: string;
  /** A hostname pattern (`values/hostname.ts`); `*` when the listener has none. */
  readonly hostname: string;
  /** null: cleartext. */
  readonly tls: TlsTermination | null;
  /** Sorted, most specific pattern first. */
  readonly virtualHosts: readonly VirtualHost[];
}

/** TLS ended here, with ALPN h2 and http/1.1. */
export interface TlsTermination {
  readonly mode: 'terminate';
  /** Ids of `Snapshot.certificates`, in the order written; the longest matching SNI wins. Never empty. */
  readonly certificates: readonly string[];
}

/** A certificate chain with its key. `key` never leaves the data plane: dumps print `[redacted]`. */
export interface Certificate {
  /** `namespace/secret@hash`: a rotated certificate has a new id. */
  readonly id: string;
  /** PEM, leaf first. */
  readonly chain: string;
  /** PEM. */
  readonly key: string;
  /** DNS names of the leaf (SAN, else CN), lower case. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notAfterMs: number;
}

/**
 * The entries for the hosts that `hostname` takes, in the order in which they must be tried. A host is looked up in
 * every virtual host whose pattern takes it, most specific first: precedence is over all entries, so a host without a
 * matching entry in `a.example.com` goes on to `*.example.com` (GRPCRoute and HTTPRoute precedence, first criterion).
 */
export interface VirtualHost {
  readonly hostname: string;
  readonly entries: readonly RouteEntry[];
}
