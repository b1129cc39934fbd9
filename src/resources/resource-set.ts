// SPDX-License-Identifier: Apache-2.0

import type { BackendTLSPolicy } from './backend-tls-policy.ts';
import type { ClusterTrustBundle } from './cluster-trust-bundle.ts';
import type { ConfigMap } from './config-map.ts';
import type { Deployment } from './deployment.ts';
import type { EndpointSlice } from './endpoint-slice.ts';
import type { Endpoints } from './endpoints.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayClass } from './gateway-class.ts';
import type { GRPCRoute } from './grpc-route.ts';
import type { HTTPRoute } from './http-route.ts';
import type { ListenerSet } from './listener-set.ts';
import type { Namespace } from './namespace.ts';
import type { Pod } from './pod.ts';
import type { ReferenceGrant } from './reference-grant.ts';
import type { Secret } from './secret.ts';
import type { Service } from './service.ts';
import type { TCPRoute } from './tcp-route.ts';
import type { TLSRoute } from './tls-route.ts';
import type { UDPRoute } from './udp-route.ts';
import type { XBackend } from './x-backend.ts';
import type { XBackendTrafficPolicy } from './x-backend-traffic-policy.ts';
import type { XMesh } from './x-mesh.ts';
import type { XTelemetryPolicy } from './x-telemetry-policy.ts';

/** An object of a kind that daemun works with; `kind` tells which. */
export type Resource =
  | GatewayClass
  | Gateway
  | ListenerSet
  | HTTPRoute
  | GRPCRoute
  | TLSRoute
  | TCPRoute
  | UDPRoute
  | BackendTLSPolicy
  | XBackend
  | XBackendTrafficPolicy
  | XTelemetryPolicy
  | XMesh
  | ReferenceGrant
  | Service
  | EndpointSlice
  | Endpoints
  | Pod
  | Secret
  | ConfigMap
  | ClusterTrustBundle
  | Namespace
  | Deployment;

/** Which map of a `ResourceSet` holds a kind, in the order of listings. */
export const RESOURCE_MAPS = {
  GatewayClass: 'gatewayClasses',
  Gateway: 'gateways',
  ListenerSet: 'listenerSets',
  HTTPRoute: 'httpRoutes',
  GRPCRoute: 'grpcRoutes',
  TLSRoute: 'tlsRoutes',
  TCPRoute: 'tcpRoutes',
  UDPRoute: 'udpRoutes',
  BackendTLSPolicy: 'backendTlsPolicies',
  XBackend: 'xBackends',
  XBackendTrafficPolicy: 'xBackendTrafficPolicies',
  XTelemetryPolicy: 'xTelemetryPolicies',
  XMesh: 'xMeshes',
  ReferenceGrant: 'referenceGrants',
  Service: 'services',
  EndpointSlice: 'endpointSlices',
  Endpoints: 'endpoints',
  Pod: 'pods',
  Secret: 'secrets',
  ConfigMap: 'configMaps',
  ClusterTrustBundle: 'clusterTrustBundles',
  Namespace: 'namespaces',
  Deployment: 'deployments',
} as const satisfies Record<Resource['kind'], string>;

/**
 * All objects, by kind. Immutable. Every map is keyed by `formatNamespacedName`; a changed object is a new object, an
 * unchanged one keeps its identity from set to set.
 */
export type ResourceSet = {
  readonly [Kind in Resource['kind'] as (typeof RESOURCE_MAPS)[Kind]]: ReadonlyMap<string, ResourceOf<Kind>>;
};
type ResourceOf<Kind> = Extract<Resource, { readonly kind: Kind }>;

/** No objects at all. */
export const EMPTY_RESOURCES: ResourceSet = {
  gatewayClasses: new Map(),
  gateways: new Map(),
  listenerSets: new Map(),
  httpRoutes: new Map(),
  grpcRoutes: new Map(),
  tlsRoutes: new Map(),
  tcpRoutes: new Map(),
  udpRoutes: new Map(),
  backendTlsPolicies: new Map(),
  xBackends: new Map(),
  xBackendTrafficPolicies: new Map(),
  xTelemetryPolicies: new Map(),
  xMeshes: new Map(),
  referenceGrants: new Map(),
  services: new Map(),
  endpointSlices: new Map(),
  endpoints: new Map(),
  pods: new Map(),
  secrets: new Map(),
  configMaps: new Map(),
  clusterTrustBundles: new Map(),
  namespaces: new Map(),
  deployments: new Map(),
};
