// SPDX-License-Identifier: Apache-2.0

import type { ExternalAuth } from './external-auth.ts';
import type { Fault, HeaderField, RouteEntry } from './rule.ts';
import type { StreamRule } from './stream-rule.ts';
import type { Tracing } from './tracing.ts';

/** One listener of a Gateway, its own or one that was added to it, or of a frontend, on a binding: what becomes of the connections, or the datagrams, that are its own. */
export type Listener = RequestListener | TlsListener | TcpListener | UdpListener;

/** Listeners that route requests, each by itself. */
export type RequestListener = HttpListener | HttpsListener;

/** Requests in cleartext. */
export interface HttpListener extends ListenerIdentity, RequestRouting {
  readonly kind: 'http';
}

/** Requests on connections whose TLS ends here, with ALPN h2 and http/1.1. */
export interface HttpsListener extends ListenerIdentity, RequestRouting {
  readonly kind: 'https';
  readonly tls: TlsTermination;
}

/** A listener that ends TLS, as far as that goes. */
export type TerminatingListener = Pick<HttpsListener, 'id' | 'tls'>;

/** Connections that begin with a ClientHello: its server name chooses who gets the bytes. */
export interface TlsListener extends ListenerIdentity {
  readonly kind: 'tls';
  /** null: nothing is ended here, the backend gets the TLS as the client sends it. Else it gets what was in it. */
  readonly tls: TlsTermination | null;
  /** Sorted, most specific pattern first; each pattern once. A server name that none takes is refused. */
  readonly serverNames: readonly ServerNameRoute[];
}

/** Whose the connections are whose server name `hostname` takes and no more specific pattern does. */
export interface ServerNameRoute {
  /** A hostname pattern. */
  readonly hostname: string;
  readonly rule: StreamRule;
}

/** Connections of any bytes. The only listener of its binding. */
export interface TcpListener extends ListenerIdentity {
  readonly kind: 'tcp';
  /** null: no route is attached, so connections are closed as they come. */
  readonly rule: StreamRule | null;
}

/** Datagrams. The only listener of its binding. */
export interface UdpListener extends ListenerIdentity {
  readonly kind: 'udp';
  /** null: no route is attached, so datagrams are dropped. */
  readonly rule: StreamRule | null;
}

/** What every listener has. */
export interface ListenerIdentity {
  /**
   * `namespace/gateway/listener`, of a set `ListenerSet/namespace/set/listener`, of a frontend `Service/namespace/name:port`, followed by
   * `/CLIENTS` if it is for those alone; for logs, metrics and explanations too.
   */
  readonly id: string;
  /** null: the port of a Service that the binding is the entrance of. */
  readonly gateway: { readonly namespace: string; readonly name: string } | null;
  /** Of frontends: the namespace whose clients it is for, they alone. null: all that no other listener of the binding names. */
  readonly clients: string | null;
  /** The set that added it to the Gateway; null: it is the Gateway's own. */
  readonly listenerSet: { readonly namespace: string; readonly name: string } | null;
  readonly name: string;
  /** A hostname pattern (`values/hostname.ts`); `*` when the listener has none. */
  readonly hostname: string;
}

/** Listeners that route requests by host. */
export interface RequestRouting {
  /** What every request passes before a rule is asked, in this order (ListenerFilters.requests). */
  readonly filters: readonly ListenerFilter[];
  /** Sorted, most specific pattern first. */
  readonly virtualHosts: readonly VirtualHost[];
  /** Answered before any rule is asked; null: there is none. */
  readonly health: HealthEndpoint | null;
  /** CIDR ranges of proxies whose word about clients is believed (`values/edge-fields.ts`), sorted. Empty: nobody's. */
  readonly trustedProxies: readonly string[];
  /** null: nothing is told, and what clients say of traces passes as it is. */
  readonly tracing: Tracing | null;
  readonly ports: ReachedPorts;
}

/** A filter that may see a request before its route is known. */
export type ListenerFilter =
  | { readonly kind: 'external-auth'; readonly auth: ExternalAuth }
  /** One that cannot be resolved, and must not be skipped: it answers. */
  | { readonly kind: 'fault'; readonly fault: Fault };

/**
 * Where load balancers ask whether a listener takes requests: 200, and 503 from the moment it begins to drain. Requests of any
 * method that are not gRPC; of any host that no other listener of the socket takes.
 */
export interface HealthEndpoint {
  /** Without query; normalised (`values/normal-target.ts`). */
  readonly path: string;
  /** Whole values that a check must have, all of them. */
  readonly headers: readonly HeaderField[];
}

/** At which ports clients reach a Gateway: redirects name them. */
export interface ReachedPorts {
  /** The listener's: as written, or where it was moved to. */
  readonly own: number;
  /** That of URLs that name none: 80, unless the Gateway's listener there was moved. */
  readonly http: number;
  /** The same of 443. */
  readonly https: number;
}

/** How TLS is ended. */
export interface TlsTermination {
  /** Ids of `Snapshot.certificates`, in the order written; the longest matching SNI wins. Never empty. */
  readonly certificates: readonly string[];
  /** null: clients are not asked for a certificate. */
  readonly clients: ClientValidation | null;
}

/** How clients prove who they are, before anything that they say is listened to. */
export interface ClientValidation {
  /** Where a client's chain must end: the id of one of `Snapshot.trustBundles`. */
  readonly bundle: string;
  /** `wanted`: who shows none, or one that fails, is let in all the same. */
  readonly certificate: 'required' | 'wanted';
  /** Endpoints are told of a certificate that was verified (`x-forwarded-client-cert`). */
  readonly isForwarded: boolean;
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

/** What owns it, as logs and metrics name it: `namespace/gateway`, or of a frontend `Service/namespace/name:port`. */
export function ownerName({ gateway, id, clients }: ListenerIdentity): string {
  if (gateway !== null) return `${gateway.namespace}/${gateway.name}`;
  return clients === null ? id : id.slice(0, -clients.length - 1);
}

/** True when it routes requests. */
export function routesRequests(listener: Listener): listener is RequestListener {
  return listener.kind === 'http' || listener.kind === 'https';
}

/** True when TLS ends at it. */
export function endsTls<L extends Listener>(listener: L): listener is L & TerminatingListener {
  return (listener.kind === 'https' || listener.kind === 'tls') && listener.tls !== null;
}

/** Those of a list that route requests. */
export function requestListeners(listeners: readonly Listener[]): readonly RequestListener[] {
  return listeners.every(routesRequests) ? listeners : listeners.filter(routesRequests);
}
