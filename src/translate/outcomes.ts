// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../errors/index.ts';
import type { ParentReference, ServiceParameters } from '../resources/index.ts';
import type { GivenAddress, ServiceType, WantedClusterIp } from './environment.ts';

/** Why a condition is not as wished: the API's reason, and the finding that words it. */
export interface Problem<Reason extends string = string> {
  readonly reason: Reason;
  readonly finding: Finding;
}

/** What status needs to know of a translation. Only objects that are ours. */
export interface Outcomes {
  /** By name. */
  readonly gatewayClasses: ReadonlyMap<string, GatewayClassOutcome>;
  /** XMeshes, by name. */
  readonly meshes: ReadonlyMap<string, MeshOutcome>;
  /** The controllerName of entries for Services in statuses; null: others write those. */
  readonly meshController: string | null;
  /** As in `TranslateEnvironment`: entries of that name are ours whatever classes there are. */
  readonly controllerName: string | null;
  /** By `namespace/name`. */
  readonly gateways: ReadonlyMap<string, GatewayOutcome>;
  /** By `namespace/name`. */
  readonly listenerSets: ReadonlyMap<string, ListenerSetOutcome>;
  /** Routes of all kinds, by `Kind/namespace/name`. */
  readonly routes: ReadonlyMap<string, RouteOutcome>;
  /** Policies of all kinds, by `Kind/namespace/name`. */
  readonly policies: ReadonlyMap<string, PolicyOutcome>;
}

export interface GatewayClassOutcome {
  /** What of the API cannot be written in the cluster, as in `TranslateEnvironment`. */
  readonly lacking: { readonly kinds: ReadonlySet<string>; readonly experimental: boolean };
  readonly accepted: Problem<'InvalidParameters' | 'Unsupported' | 'Pending'> | null;
  /** The definitions of the API in the cluster are others than ours; the class is served all the same. */
  readonly version: Problem<'UnsupportedVersion'> | null;
}

export interface MeshOutcome {
  readonly accepted: Problem<'InvalidParameters' | 'Pending'> | null;
}

export interface GatewayOutcome {
  readonly controllerName: string;
  /** Routes attach to it without naming it (GatewaySpec.defaultScope). */
  readonly isDefault: boolean;
  /** IP addresses that its listeners are bound to. */
  readonly addresses: readonly string[];
  readonly accepted: Problem<GatewayReason> | null;
  /** Some listeners are invalid, others carry traffic: Accepted is True with reason ListenersNotValid. */
  readonly invalidListeners: readonly string[];
  readonly programmed: Problem<'AddressNotUsable' | 'AddressNotAssigned' | 'Pending' | 'Invalid'> | null;
  readonly assignment: AddressAssignment;
  readonly resolvedRefs: Problem<'RefNotPermitted' | 'InvalidClientCertificateRef' | 'ListenersNotResolved'> | null;
  /** Clients whose certificates fail are let in, somewhere. */
  readonly insecureClients: Problem<'ConfigurationChanged'> | null;
  /** Its own, in the order of `spec.listeners`. */
  readonly listeners: readonly ListenerOutcome[];
  /** ListenerSets with Accepted=True; null: it takes none. */
  readonly attachedListenerSets: number | null;
}

export interface ListenerSetOutcome {
  readonly controllerName: string;
  /** The Gateway that it is attached to, as `namespace/name`; null: to none. */
  readonly gateway: string | null;
  readonly accepted: Problem<ListenerSetReason> | null;
  /** Some listeners are invalid, others carry traffic: Accepted is True with reason ListenersNotValid. */
  readonly invalidListeners: readonly string[];
  readonly programmed: Problem<ListenerSetReason> | null;
  /** In the order of `spec.listeners`; empty when it is attached to no Gateway. */
  readonly listeners: readonly ListenerOutcome[];
}

export type ListenerSetReason = 'NotAllowed' | 'ParentNotAccepted' | 'ListenersNotValid' | 'Pending';

/** What came of the entries of `spec.addresses`; without any, of the one that is implied. */
export interface AddressAssignment {
  /** One for each entry that is satisfied. */
  readonly reported: readonly ReportedAddress[];
  /** One for each entry that is not; the listeners are bound at the others. */
  readonly missing: readonly MissingAddress[];
  /** What it asks the cluster for; null: nothing. */
  readonly clusterIps: ClusterIps | null;
  /** What the Service should be through which it is reached; null: it is reached where it is bound, or the Service stays as it is. */
  readonly service: WantedService | null;
  /** Whether the status tells of it (condition AddressesAssigned): where addresses are asked for, and in a cluster. */
  readonly isTold: boolean;
}

/** The ClusterIPs that a Gateway asks for, whether or not it has them yet. */
export interface ClusterIps {
  readonly wanted: readonly WantedClusterIp[];
  /** The address of this machine that they lead to. */
  readonly backing: string;
}

/** What a Gateway asks of its Service. */
export interface WantedService {
  /** `namespace/name`. */
  readonly name: string;
  /** ClusterIP also where all addresses that it asks for are of routability `Cluster`. */
  readonly type: ServiceType;
  /** The address that a load balancer is asked for; null: any. */
  readonly loadBalancerIp: string | null;
  readonly parameters: ServiceParameters;
}

/** An address as the status reports it. */
export interface ReportedAddress extends GivenAddress {
  /** From where it can be reached (GEP-5093); null: nothing is said of that. */
  readonly routability: string | null;
}

export type MissingAddress = Problem<'AddressNotUsable' | 'AddressNotAssigned'>;

/** `Pending`: by a fault of ours it could not be judged. So it is of all kinds. */
export type GatewayReason = 'InvalidParameters' | 'UnsupportedAddress' | 'ListenersNotValid' | 'Pending';

/** null in a field: the condition has its good value. */
export interface ListenerOutcome {
  /** Unique among all listeners. */
  readonly id: string;
  readonly name: string;
  readonly supportedKinds: readonly RouteKind[];
  /** Routes with Accepted=True for this listener, whether or not it carries traffic. */
  readonly attachedRoutes: number;
  readonly accepted: Problem<ListenerAcceptedReason> | null;
  readonly conflicted: Problem<ConflictReason> | null;
  readonly resolvedRefs: Problem<ListenerRefsReason> | null;
  readonly programmed: Problem<'Invalid' | 'Pending' | ConflictReason | 'PortUnavailable'> | null;
  readonly overlapping: Problem<'OverlappingCertificates' | 'OverlappingHostnames'> | null;
  /** Where it is bound, when that is not where the Gateway says; else ''. */
  readonly note: string;
}

export type ConflictReason = 'HostnameConflict' | 'ProtocolConflict';
export type ListenerAcceptedReason =
  | 'UnsupportedProtocol'
  | 'UnsupportedValue'
  | 'PortUnavailable'
  | 'NoValidCACertificate'
  | ConflictReason;
/** Those of routes where a filter refers to a Service. */
export type ListenerRefsReason =
  | 'InvalidCertificateRef'
  | 'InvalidCACertificateRef'
  | 'InvalidCACertificateKind'
  | 'RefNotPermitted'
  | 'InvalidRouteKinds'
  | RouteRefsReason;

export interface RouteKind {
  readonly group: string;
  readonly kind: string;
}

export interface RouteOutcome {
  /** Those parents that are ours: in the order of `spec.parentRefs`, then default Gateways by name. */
  readonly parents: readonly ParentOutcome[];
  readonly partiallyInvalid: PartiallyInvalid | null;
}

/** How a route is served that cannot be served as it is written. */
export type PartiallyInvalid = Problem<'UnsupportedValue'> &
  (
    | { /** Without some rules. */ readonly kind: 'dropped-rules' }
    /** As it was: all of the outcome is that of `generation`, the last that could be judged. */
    | { readonly kind: 'fallen-back'; readonly generation: number }
  );

export interface ParentOutcome {
  /** As in `spec.parentRefs`; for a default Gateway with its namespace, for all of its listeners. */
  readonly parentRef: ParentReference;
  /** The route does not name it: it is a default Gateway. */
  readonly isDefault: boolean;
  readonly controllerName: string;
  /** Ids of the listeners that the route attached to through this parentRef. */
  readonly listeners: readonly string[];
  readonly accepted: Problem<RouteAcceptedReason> | null;
  /** Of the route as it is at this parent: what a Gateway's routes need a ReferenceGrant for, a Service's do not. */
  readonly resolvedRefs: Problem<RouteRefsReason> | null;
}

export type RouteAcceptedReason =
  | 'NoMatchingParent'
  | 'NotAllowedByListeners'
  | 'NoMatchingListenerHostname'
  /** At a port of a Service routes of another kind are applied. */
  | 'Conflicted'
  | 'UnsupportedValue'
  | 'Pending';
export type RouteRefsReason = 'InvalidKind' | 'BackendNotFound' | 'RefNotPermitted' | 'UnsupportedProtocol';

export interface PolicyOutcome {
  /** One for each Gateway, or Service as parent of routes, of ours through which the policy acts, or would if it were valid; the most important first. */
  readonly ancestors: readonly AncestorOutcome[];
}

/** What became of a policy at one Gateway, or at a Service as parent of routes. */
export interface AncestorOutcome {
  /** `namespace/name` of the Gateway; `Service/namespace/name` of a Service whose routes send to what the policy is for. */
  readonly ancestor: string;
  readonly controllerName: string;
  readonly accepted: Problem<PolicyAcceptedReason> | null;
  /** `unused`: policies of this kind refer to nothing, so the condition is not written. */
  readonly resolvedRefs: Problem<PolicyRefsReason> | null | 'unused';
}

export type PolicyAcceptedReason = 'Conflicted' | 'Invalid' | 'TargetNotFound' | 'NoValidCACertificate';
export type PolicyRefsReason = 'InvalidCACertificateRef' | RouteRefsReason;
