// SPDX-License-Identifier: Apache-2.0

/** Valid objects that have, together, every field of the Gateway API kinds that daemun works with. */
import type { Json } from './json.ts';

const GROUP = 'gateway.networking.k8s.io';

const metadata = {
  name: 'seed',
  namespace: 'default',
  labels: { app: 'seed', 'example.com/team': 'Team_1', empty: '' },
  annotations: { note: 'any text: at all', 'Example.com/Mixed': '' },
  generation: 3,
  uid: '2d1ba7d6-7a39-4a4f-9be5-5d6a6a5e7f43',
  resourceVersion: '42',
  creationTimestamp: '2026-01-31T12:00:00Z',
  deletionTimestamp: '2026-02-28T23:59:59+01:00',
  deletionGracePeriodSeconds: 30,
  selfLink: '/x',
  finalizers: ['example.com/cleanup', 'orphan'],
  ownerReferences: [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'owner',
      uid: 'u-1',
      controller: true,
      blockOwnerDeletion: true,
    },
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'second', uid: 'u-2', controller: false },
  ],
  managedFields: [
    {
      manager: 'kubectl',
      operation: 'Apply',
      apiVersion: 'gateway.networking.k8s.io/v1',
      time: '2026-01-31T12:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': {} },
      subresource: 'status',
    },
  ],
};

const conditions = [
  {
    type: 'Accepted',
    status: 'True',
    reason: 'Accepted',
    message: 'fine',
    lastTransitionTime: '2026-01-31T12:00:00Z',
    observedGeneration: 3,
  },
  { type: 'Programmed', status: 'Unknown', reason: 'Pending', message: '', lastTransitionTime: '2026-01-31T12:00:00Z' },
];

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
];

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
      { name: 'plain', port: 80, protocol: 'HTTP', hostname: 'a.example.com' },
      { name: 'through', port: 8443, protocol: 'TLS', tls: { mode: 'Passthrough' } },
      { name: 'tcp', port: 9000, protocol: 'TCP' },
      { name: 'own', port: 9001, protocol: 'example.com/QUIC', allowedRoutes: { namespaces: { from: 'All' } } },
    ],
    addresses: [
      { type: 'IPAddress', value: '10.0.0.1' },
      { value: '2001:db8::1' },
      { type: 'Hostname', value: 'gw.example.com' },
      { type: 'NamedAddress', value: 'any Text' },
      { type: 'example.com/pool' },
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
    addresses: [{ type: 'IPAddress', value: '10.0.0.1' }],
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

const headers = {
  set: [
    { name: 'x-env', value: 'live' },
    { name: 'X-Env', value: 'a b' },
  ],
  add: [{ name: 'x-trace', value: '1' }],
  remove: ['x-secret', ''],
};

const filters = [
  { type: 'RequestHeaderModifier', requestHeaderModifier: headers },
  { type: 'ResponseHeaderModifier', responseHeaderModifier: headers },
  {
    type: 'RequestMirror',
    requestMirror: {
      backendRef: { group: '', kind: 'Service', name: 'shadow', namespace: 'dark', port: 9000 },
      fraction: { numerator: 1, denominator: 1000 },
    },
  },
  {
    type: 'RequestMirror',
    requestMirror: { backendRef: { kind: 'Other', group: 'example.com', name: 'x' }, percent: 5 },
  },
  { type: 'ExtensionRef', extensionRef: { group: 'example.com', kind: 'Filter', name: 'own' } },
];

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
        filters,
        backendRefs: [
          { group: '', kind: 'Service', name: 'user', namespace: 'team-b', port: 9000, weight: 90, filters },
          { name: 'canary', port: 9000, weight: 0 },
          { group: 'example.com', kind: 'Pool', name: 'pool' },
        ],
        sessionPersistence: {
          sessionName: 'sticky',
          absoluteTimeout: '1h30m',
          type: 'Cookie',
          cookieConfig: { lifetimeType: 'Permanent' },
        },
      },
      { name: 'rest', backendRefs: [{ name: 'rest', port: 1 }], sessionPersistence: { type: 'Header' } },
    ],
  },
  status: { parents: [{ parentRef: { name: 'gw' }, controllerName: 'example.com/c', conditions }] },
};

const smallRoute = {
  apiVersion: `${GROUP}/v1`,
  kind: 'GRPCRoute',
  metadata: { name: 'small' },
  spec: { rules: [{ matches: [{ method: { service: 'a' } }], backendRefs: [{ name: 'b', port: 80 }] }] },
};

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
  referenceGrant,
  { ...referenceGrant, apiVersion: `${GROUP}/v1beta1`, metadata: { name: 'small', namespace: 'team-a' } },
];
