// SPDX-License-Identifier: Apache-2.0

import type { Json } from './json.ts';
import { conditions, GROUP, metadata } from './shared-seeds.ts';

const selector = {
  matchLabels: { team: 'a' },
  matchExpressions: [
    { key: 'stage', operator: 'In', values: ['test', 'live'] },
    { key: 'old', operator: 'DoesNotExist' },
  ],
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

/** Listeners of every protocol, with every field. */
const listeners = [
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
];

const gateway = {
  apiVersion: `${GROUP}/v1`,
  kind: 'Gateway',
  metadata,
  spec: {
    gatewayClassName: 'daemun',
    listeners,
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

const listenerSet = {
  apiVersion: `${GROUP}/v1`,
  kind: 'ListenerSet',
  metadata,
  spec: { parentRef: { group: GROUP, kind: 'Gateway', name: 'gw', namespace: 'infra' }, listeners },
  status: { conditions, listeners: gateway.status.listeners },
};

const smallListenerSet = {
  apiVersion: `${GROUP}/v1`,
  kind: 'ListenerSet',
  metadata: { name: 'small' },
  spec: { parentRef: { name: 'gw' }, listeners: [{ name: 'a', port: 80, protocol: 'HTTP' }] },
};

export const GATEWAY_SEEDS: readonly Json[] = [gateway, smallGateway];
export const LISTENER_SET_SEEDS: readonly Json[] = [listenerSet, smallListenerSet];
