// SPDX-License-Identifier: Apache-2.0

import type { ClientNamespace, Frontend } from '../snapshot/index.ts';
import type { NamespacedName } from '../values/index.ts';

/** What translation needs to know of the world; all of it is a parameter, so translation stays pure. */
export interface TranslateEnvironment {
  /** null: every GatewayClass is ours, whatever its controllerName (standalone). */
  readonly controllerName: string | null;
  /**
   * The IP address to bind where `spec.addresses` names none, the first, second, … of them (`place`, from 0); null: none is left. Must
   * be stable for a Gateway.
   */
  addressOf(gateway: NamespacedName, place: number): string | null;
  /** Why an address that a Gateway asks for cannot be had, in one clause; null: it can. Default: every one can. */
  addressRefusal?(address: string): string | null;
  /** The ClusterIP of a Gateway for an entry of `spec.addresses` that asks for one. Default: there is no cluster. */
  clusterAddress?(gateway: NamespacedName, wanted: WantedClusterIp): ClusterAddress;
  /** What the cluster has of the Service through which a Gateway is reached; null: it is reached where it is bound. Default: null. */
  serviceOf?(gateway: NamespacedName): GatewayService | null;
  /** Whether statuses say of each address from where it can be reached. Default false: only where that is asked for. */
  readonly reportsRoutability?: boolean;
  /** Written port → the port that is bound for it, because the OS refuses the written one. See `movePorts`. */
  readonly movedPorts: ReadonlyMap<number, number>;
  /**
   * Objects that are written but were refused as an API server would: `Kind/namespace/name` → where and why, in one
   * clause. References to them say so. Default: none.
   */
  readonly refused?: ReadonlyMap<string, string>;
  /** Versions of the Gateway API that its definitions in the cluster name, '' for one that names none. Default: not known. */
  readonly bundleVersions?: readonly string[];
  /** Fields of the experimental channel cannot be written in the cluster. Default: they can. */
  readonly lacksExperimental?: boolean;
  /** Kinds that the API server does not have: a reference to one is to no kind at all. Default: it has all. */
  readonly absentKinds?: ReadonlySet<string>;
  /** What is needed to serve the ports of Services; another object where an entrance has moved. Default: they are served by other processes. */
  readonly mesh?: MeshEnvironment;
  /** Where this process runs, for endpoints that are preferred by those near them. Default: not known. */
  readonly place?: Place;
  /** Milliseconds since the epoch; for certificate expiry findings only. */
  readonly nowMs: number;
  /** Hears of each end of certificates that findings depend on, with `nowMs`. Default: nobody does. */
  noteEnd?(endMs: number): void;
  /**
   * Reads a certificate chain and its key (PEM) and judges whether they can be served. A pure function; a parameter because
   * it needs the TLS library that serves them.
   */
  inspectCertificate(chainPem: string, keyPem: string): CertificateInspection;
  /** Reads certificates of authorities (PEM). A pure function; a parameter for the same reason. */
  inspectTrust(pem: string): TrustInspection;
}

/** A node and the zone that it is in; null: not known. The zone of a known node is looked up among endpoints. */
export interface Place {
  readonly node: string | null;
  readonly zone: string | null;
}

/** What translation needs to know to serve the ports of Services (`Binding.frontend`). */
export interface MeshEnvironment {
  /** The address of a Service that has no ClusterIP, since no API server gave it one; null: it has none. Must be stable for a Service. */
  addressOf(service: NamespacedName): string | null;
  /** Why connections of a frontend's clients do not arrive here, in one clause; null: they can. Asked of every port that a route may mean: takes nothing. */
  closure(frontend: Pick<Frontend, 'address' | 'port'>): string | null;
  /** Where the connections of a frontend's clients arrive; null where `closure` says why they do not: asked once it has routes. Must be stable for a frontend while this object is the same, but for `movedPorts`. */
  entranceOf(frontend: Frontend): Entrance | null;
  /** Clients besides Pods, by their addresses; sorted by range. */
  readonly clients: readonly ClientNamespace[];
  /** A namespace without one, and without a Pod, has no clients. Default false: more may be known elsewhere, as on other nodes. */
  readonly knowsAllClients?: boolean;
}

/** A socket of this machine. */
export interface Entrance {
  readonly address: string;
  readonly port: number;
}

/** An address of routability `Cluster` that a Gateway asks for. */
export interface WantedClusterIp {
  /** As `normalAddress` gives it; '': any. */
  readonly value: string;
  /** Which one it is of those that the Gateway asks for without value, from 0; with a value 0. */
  readonly place: number;
}

/** What came of it; `pending`: the cluster was or will be asked, `why`: one clause. */
export type ClusterAddress =
  | { readonly state: 'assigned'; readonly value: string }
  | { readonly state: 'pending' }
  | { readonly state: 'refused'; readonly why: string }
  | { readonly state: 'no-cluster' };

/** The Service of a Gateway, as far as listeners and addresses depend on it. */
export interface GatewayService {
  /** `namespace/name`. */
  readonly name: string;
  /** The IP addresses of this process that it leads to: listeners are bound there. */
  readonly podAddresses: readonly string[];
  /** Where listeners are bound: their port, as `socketKey` writes it → the port that the Service leads to. A port that has none yet is not in there. */
  readonly targetPorts: ReadonlyMap<string, number>;
  readonly state: ServiceState;
}

/** `pending`: it is not there yet; `why`: one clause. */
export type ServiceState =
  | { readonly state: 'pending' }
  | { readonly state: 'refused'; readonly why: string }
  | {
      readonly state: 'made';
      readonly type: ServiceType;
      /** At which its ports are those of the listeners: given by the load balancer, else its ClusterIPs. */
      readonly addresses: readonly GivenAddress[];
    };

export type ServiceType = 'LoadBalancer' | 'NodePort' | 'ClusterIP';

export interface GivenAddress {
  readonly type: 'IPAddress' | 'Hostname';
  readonly value: string;
}

/** A port of a Gateway by transport: `53/udp`. */
export function socketKey(port: number, transport: 'tcp' | 'udp'): string {
  return `${port}/${transport}`;
}

/** The certificates of authorities in a text, at least one; or why none of it can be used (one clause, without a full stop). */
export type TrustInspection = { readonly certificates: readonly AuthorityCertificate[] } | { readonly problem: string };

export interface AuthorityCertificate {
  /** One block, as it is given to TLS. */
  readonly pem: string;
  readonly notAfterMs: number;
}

/** The pair as it is served and what its leaf says, or why it cannot be served (one clause, without a full stop). */
export type CertificateInspection =
  | { readonly chain: string; readonly key: string; readonly names: readonly string[]; readonly notAfterMs: number }
  | { readonly problem: string };
