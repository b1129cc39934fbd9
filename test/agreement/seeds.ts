// SPDX-License-Identifier: Apache-2.0

/** Valid objects that have, together, every field of the Gateway API kinds that daemun works with. */
import { HTTP_ROUTE_SEEDS } from './http-route-seeds.ts';
import type { Json } from './json.ts';
import { conditions, GROUP, metadata, routeStatus, sharedFilters } from './shared-seeds.ts';

const selector = {
  matchLabels: { team: 'a' },
  matchExpressions: [
    { key: 'stage', operator: 'In', values: ['test', 'live'] },
    { key: 'old', operator: 'DoesNotExist' },
  ],
};

const gatewayClass = {
  apiVersion: `${GROUP}/v1`,
  kind: 'GatewayClass',
  metadata: { ...metadata, namespace: '' },
  spec: {
    controllerName: 'example.com/gateway-controller',
    description: 'all of our gateways',
    parametersRef: { group: 'example.com', kind: 'Parameters', name: 'large', namespace: 'infra' },
  },
  status: { conditions, supportedFeatures: [{ name: 'Gateway' }, { name: 'GRPCRoute' }] },
};

const caCertificates = [
  { group: '', kind: 'ConfigMap', name: 'ca', namespace: 'infra' },
  { group: '', kind: 'Secret', name: 'ca-2' },
  { group: 'certificates.k8s.io', kind: 'ClusterTrustBundle', name: 'roots' },
];

const listenerFilters = {
  requests: [
    {
      type: 'ExternalAuth',
      externalAuth: {
        protocol: 'HTTP',
        backendRef: { group: '', kind: 'Service', name: 'auth', namespace: 'team-b', port: 9000 },
        http: { path: '/check', allowedHeaders: ['x-a'], allowedResponseHeaders: ['x-b'] },
        forwardBody: { maxSize: 8192 },
      },
    },
    {
      type: 'ExternalAuth',
      externalAuth: {
        protocol: 'GRPC',
        backendRef: { group: 'gateway.networking.x-k8s.io', kind: 'XBackend', name: 'outside' },
        grpc: { allowedHeaders: ['x-a'] },
      },
    },
    { type: 'ExtensionRef', extensionRef: { group: 'example.com', kind: 'Filter', name: 'own' } },
  ],
};

const gateway = {
  apiVersion: `${GROUP}/v1`,
  kind: 'Gateway',
  metadata,
  spec: {
    gatewayClassName: 'daemun',
    listeners: [
      {
        name: 'grpc',
        hostname: '*.example.com',
        port: 443,
        protocol: 'HTTPS',
        tls: {
          mode: 'Terminate',
          certificateRefs: [{ group: '', kind: 'Secret', name: 'cert', namespace: 'certs' }, { name: 'cert-2' }],
          options: { 'example.com/min-version': '1.2', plain: '' },
        },
        allowedRoutes: {
          namespaces: { from: 'Selector', selector },
          kinds: [{ group: GROUP, kind: 'GRPCRoute' }, { kind: 'HTTPRoute' }],
        },
      },
      { name: 'plain', port: 80, protocol: 'HTTP', hostname: 'a.example.com', filters: listenerFilters },
      { name: 'through', port: 8443, protocol: 'TLS', tls: { mode: 'Passthrough' } },
      { name: 'tcp', port: 9000, protocol: 'TCP' },
      { name: 'own', port: 9001, protocol: 'example.com/QUIC', allowedRoutes: { namespaces: { from: 'All' } } },
    ],
    addresses: [
      { type: 'IPAddress', value: '10.0.0.1', routability: 'Cluster' },
      { value: '2001:db8::1' },
      { type: 'Hostname', value: 'gw.example.com' },
      { type: 'NamedAddress', value: 'any Text' },
      { type: 'example.com/pool', routability: 'example.com/internal' },
    ],
    infrastructure: {
      labels: { 'example.com/cost': 'low', size: '' },
      annotations: { 'example.com/note': 'any text: at all' },
      parametersRef: { group: '', kind: 'ConfigMap', name: 'parameters' },
    },
    allowedListeners: { namespaces: { from: 'Selector', selector } },
    tls: {
      backend: { clientCertificateRef: { group: '', kind: 'Secret', name: 'client', namespace: 'certs' } },
      frontend: {
        default: { validation: { caCertificateRefs: caCertificates, mode: 'AllowInsecureFallback' } },
        perPort: [
          { port: 8443, tls: { validation: { caCertificateRefs: caCertificates, mode: 'AllowValidOnly' } } },
          { port: 443, tls: {} },
        ],
      },
    },
    defaultScope: 'All',
  },
  status: {
    addresses: [{ type: 'IPAddress', value: '10.0.0.1', routability: '' }],
    attachedListenerSets: 0,
    conditions,
    listeners: [{ name: 'grpc', attachedRoutes: 1, conditions, supportedKinds: [{ group: GROUP, kind: 'GRPCRoute' }] }],
  },
};

const smallGateway = {
  apiVersion: `${GROUP}/v1beta1`,
  kind: 'Gateway',
  metadata: { generateName: 'small-' },
  spec: {
    gatewayClassName: 'x',
    listeners: [{ name: 'a', port: 80, protocol: 'HTTP' }],
    tls: { frontend: { default: {} } },
    allowedListeners: {},
  },
};

const grpcRoute = {
  apiVersion: `${GROUP}/v1`,
  kind: 'GRPCRoute',
  metadata: { ...metadata, namespace: 'team-a' },
  spec: {
    parentRefs: [
      { group: GROUP, kind: 'Gateway', namespace: 'infra', name: 'gw', sectionName: 'grpc', port: 443 },
      { namespace: 'infra', name: 'gw', sectionName: 'plain', port: 443 },
      { name: 'gw', sectionName: 'plain' },
      { group: '', kind: 'Service', name: 'svc', port: 9000 },
    ],
    useDefaultGateways: 'None',
    hostnames: ['api.example.com', '*.example.org'],
    rules: [
      {
        name: 'login',
        matches: [
          {
            method: { type: 'Exact', service: 'com.example.User', method: 'Login' },
            headers: [
              { type: 'Exact', name: 'x-version', value: '2' },
              { type: 'RegularExpression', name: 'X-Version', value: '^(a|b' },
            ],
          },
          { method: { type: 'RegularExpression', service: 'com\\..*', method: '(' } },
          { method: { method: 'Ping' } },
        ],
        filters: sharedFilters,
        backendRefs: [
          {
            group: '',
            kind: 'Service',
            name: 'user',
            namespace: 'team-b',
            port: 9000,
            weight: 90,
            filters: sharedFilters,
          },
          { name: 'canary', port: 9000, weight: 0 },
          { group: 'example.com', kind: 'Pool', name: 'pool' },
          { group: 'gateway.networking.x-k8s.io', kind: 'XBackend', name: 'outside' },
        ],
        sessionPersistence: {
          absoluteTimeout: '1h30m',
          type: 'Cookie',
          cookie: { name: 'sticky', path: '/', lifetimeType: 'Permanent' },
        },
      },
      {
        name: 'rest',
        backendRefs: [{ name: 'rest', port: 1 }],
        sessionPersistence: { type: 'Header', header: { name: 'x-session' } },
      },
    ],
  },
  status: routeStatus,
};

const smallRoute = {
  apiVersion: `${GROUP}/v1`,
  kind: 'GRPCRoute',
  metadata: { name: 'small' },
  spec: { rules: [{ matches: [{ method: { service: 'a' } }], backendRefs: [{ name: 'b', port: 80 }] }] },
};

/** A rule so long that several of it are more than a route may have. */
const longRoute = { ...smallRoute, spec: { rules: [{ matches: [{}, {}, {}, {}, {}, {}, {}, {}, {}] }] } };

const referenceGrant = {
  apiVersion: `${GROUP}/v1`,
  kind: 'ReferenceGrant',
  metadata,
  spec: {
    from: [
      { group: GROUP, kind: 'GRPCRoute', namespace: 'team-a' },
      { group: GROUP, kind: 'Gateway', namespace: 'infra' },
    ],
    to: [
      { group: '', kind: 'Service', name: 'user' },
      { group: '', kind: 'Secret' },
    ],
  },
};

/** The seeds. */
export const SEEDS: readonly Json[] = [
  gatewayClass,
  { ...gatewayClass, apiVersion: `${GROUP}/v1beta1`, metadata: { name: 'small' } },
  gateway,
  smallGateway,
  grpcRoute,
  smallRoute,
  longRoute,
  ...HTTP_ROUTE_SEEDS,
  referenceGrant,
  { ...referenceGrant, apiVersion: `${GROUP}/v1beta1`, metadata: { name: 'small', namespace: 'team-a' } },
];
