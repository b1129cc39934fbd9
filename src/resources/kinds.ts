// SPDX-License-Identifier: Apache-2.0

/** Which kinds there are: those we work with, and those we only know by name. */
import type * as z from 'zod';
import { backendTlsPolicy } from './backend-tls-policy.ts';
import { CERTIFICATES_GROUP, clusterTrustBundle } from './cluster-trust-bundle.ts';
import { configMap } from './config-map.ts';
import { deployment } from './deployment.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { endpoints } from './endpoints.ts';
import { gateway } from './gateway.ts';
import { gatewayClass } from './gateway-class.ts';
import { grpcRoute } from './grpc-route.ts';
import { httpRoute } from './http-route.ts';
import { listenerSet } from './listener-set.ts';
import { namespaceObject } from './namespace.ts';
import { pod } from './pod.ts';
import { referenceGrant } from './reference-grant.ts';
import { EXPERIMENTAL_GROUP, GATEWAY_GROUP } from './references.ts';
import type { Resource } from './resource-set.ts';
import { secret } from './secret.ts';
import { service } from './service.ts';
import { tcpRoute } from './tcp-route.ts';
import { tlsRoute } from './tls-route.ts';
import { udpRoute } from './udp-route.ts';
import { xBackend } from './x-backend.ts';
import { xBackendTrafficPolicy } from './x-backend-traffic-policy.ts';
import { xMesh } from './x-mesh.ts';
import { xTelemetryPolicy } from './x-telemetry-policy.ts';

/** How a kind is read, and what it is called (`kubectl api-resources`). */
export interface KindDeclaration {
  /** '' is the core group. */
  readonly group: string;
  /** The versions that an API server serves; the one to write first. */
  readonly versions: readonly [string, ...string[]];
  readonly isNamespaced: boolean;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly schema: z.ZodType<Resource>;
}

/**
 * The kinds that daemun works with, in the order of listings: how each is read and what it is called. A kind that `Resource` has and
 * this has not does not compile.
 */
const DECLARATIONS: Readonly<Record<Resource['kind'], KindDeclaration>> = {
  GatewayClass: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1beta1'],
    isNamespaced: false,
    plural: 'gatewayclasses',
    shortNames: ['gc'],
    schema: gatewayClass,
  },
  Gateway: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1beta1'],
    isNamespaced: true,
    plural: 'gateways',
    shortNames: ['gtw', 'gw'],
    schema: gateway,
  },
  ListenerSet: {
    group: GATEWAY_GROUP,
    versions: ['v1'],
    isNamespaced: true,
    plural: 'listenersets',
    shortNames: ['lset'],
    schema: listenerSet,
  },
  HTTPRoute: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1beta1'],
    isNamespaced: true,
    plural: 'httproutes',
    shortNames: [],
    schema: httpRoute,
  },
  GRPCRoute: {
    group: GATEWAY_GROUP,
    versions: ['v1'],
    isNamespaced: true,
    plural: 'grpcroutes',
    shortNames: [],
    schema: grpcRoute,
  },
  TLSRoute: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1alpha3', 'v1alpha2'],
    isNamespaced: true,
    plural: 'tlsroutes',
    shortNames: [],
    schema: tlsRoute,
  },
  TCPRoute: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1alpha2'],
    isNamespaced: true,
    plural: 'tcproutes',
    shortNames: [],
    schema: tcpRoute,
  },
  UDPRoute: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1alpha2'],
    isNamespaced: true,
    plural: 'udproutes',
    shortNames: [],
    schema: udpRoute,
  },
  BackendTLSPolicy: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1alpha3'],
    isNamespaced: true,
    plural: 'backendtlspolicies',
    shortNames: ['btlspolicy'],
    schema: backendTlsPolicy,
  },
  XBackend: {
    group: EXPERIMENTAL_GROUP,
    versions: ['v1alpha1'],
    isNamespaced: true,
    plural: 'xbackends',
    shortNames: ['xbackend'],
    schema: xBackend,
  },
  XBackendTrafficPolicy: {
    group: EXPERIMENTAL_GROUP,
    versions: ['v1alpha1'],
    isNamespaced: true,
    plural: 'xbackendtrafficpolicies',
    shortNames: ['xbtrafficpolicy'],
    schema: xBackendTrafficPolicy,
  },
  XTelemetryPolicy: {
    group: EXPERIMENTAL_GROUP,
    versions: ['v1alpha1'],
    isNamespaced: true,
    plural: 'xtelemetrypolicies',
    shortNames: ['xtelemetrypolicy'],
    schema: xTelemetryPolicy,
  },
  XMesh: {
    group: EXPERIMENTAL_GROUP,
    versions: ['v1alpha1'],
    isNamespaced: false,
    plural: 'xmeshes',
    shortNames: ['mesh'],
    schema: xMesh,
  },
  ReferenceGrant: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1beta1'],
    isNamespaced: true,
    plural: 'referencegrants',
    shortNames: ['refgrant'],
    schema: referenceGrant,
  },
  Service: {
    group: '',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'services',
    shortNames: ['svc'],
    schema: service,
  },
  EndpointSlice: {
    group: 'discovery.k8s.io',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'endpointslices',
    shortNames: [],
    schema: endpointSlice,
  },
  Endpoints: {
    group: '',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'endpoints',
    shortNames: ['ep'],
    schema: endpoints,
  },
  Pod: { group: '', versions: ['v1'], isNamespaced: true, plural: 'pods', shortNames: ['po'], schema: pod },
  Secret: { group: '', versions: ['v1'], isNamespaced: true, plural: 'secrets', shortNames: [], schema: secret },
  ConfigMap: {
    group: '',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'configmaps',
    shortNames: ['cm'],
    schema: configMap,
  },
  ClusterTrustBundle: {
    group: CERTIFICATES_GROUP,
    versions: ['v1beta1', 'v1alpha1', 'v1'],
    isNamespaced: false,
    plural: 'clustertrustbundles',
    shortNames: [],
    schema: clusterTrustBundle,
  },
  Namespace: {
    group: '',
    versions: ['v1'],
    isNamespaced: false,
    plural: 'namespaces',
    shortNames: ['ns'],
    schema: namespaceObject,
  },
  Deployment: {
    group: 'apps',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'deployments',
    shortNames: ['deploy'],
    schema: deployment,
  },
};

/** By any text that a user gives as a kind. */
export const KINDS: ReadonlyMap<string, KindDeclaration> = new Map(Object.entries(DECLARATIONS));
