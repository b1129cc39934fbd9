// SPDX-License-Identifier: Apache-2.0

import type { Json } from './json.ts';
import { ownValidation, policyStatus, systemValidation } from './policy-seeds.ts';
import { conditions, metadata } from './shared-seeds.ts';

const apiVersion = 'gateway.networking.x-k8s.io/v1alpha1';
const service = { group: '', kind: 'Service', name: 'a' };

const xBackends = [
  {
    apiVersion,
    kind: 'XBackend',
    metadata,
    spec: {
      type: 'ExternalHostname',
      externalHostname: { hostname: 'api.example.com' },
      port: { number: 443 },
      protocol: 'HTTP2',
      tls: {
        mode: 'ClientAndServer',
        validation: ownValidation,
        clientCertificateRef: { group: '', kind: 'Secret', name: 'client', namespace: 'certs' },
      },
    },
    status: policyStatus,
  },
  {
    apiVersion,
    kind: 'XBackend',
    metadata: { name: 'pods' },
    spec: {
      type: 'EndpointSelector',
      endpointSelector: { matchLabels: { app: 'a', 'example.com/tier': 'back_1' } },
      port: { number: 8080 },
      protocol: 'H2C',
      sessionPersistence: {
        absoluteTimeout: '1h30m',
        type: 'Cookie',
        cookie: { name: 'sticky', path: '/', lifetimeType: 'Permanent' },
      },
    },
  },
  {
    apiVersion,
    kind: 'XBackend',
    metadata: { name: 'small' },
    spec: {
      type: 'EndpointSelector',
      endpointSelector: { matchLabels: { app: '' } },
      port: { number: 1 },
      tls: { mode: 'ServerOnly', validation: systemValidation },
      sessionPersistence: { type: 'Header', header: { name: 'x-session' } },
    },
  },
];

const trafficPolicies = [
  {
    apiVersion,
    kind: 'XBackendTrafficPolicy',
    metadata,
    spec: {
      targetRefs: [service, { ...service, name: 'b' }],
      retryConstraint: {
        budget: { percent: 20, interval: '10s' },
        minRetryRate: { count: 10, interval: '1s' },
      },
      sessionPersistence: {
        absoluteTimeout: '1h',
        type: 'Cookie',
        cookie: { name: 'sticky', path: '/', lifetimeType: 'Permanent' },
      },
    },
    status: policyStatus,
  },
  {
    apiVersion,
    kind: 'XBackendTrafficPolicy',
    metadata: { name: 'small' },
    spec: {
      targetRefs: [service],
      retryConstraint: {},
      sessionPersistence: { type: 'Header', header: { name: 'x-session' } },
    },
  },
];

const provider = {
  backendRef: { group: '', kind: 'Service', name: 'collector', namespace: 'infra', port: 4317 },
  headers: [
    { name: 'x-tenant', value: 'a' },
    { name: 'X-Tenant', value: 'a b' },
  ],
};

const telemetryPolicies = [
  {
    apiVersion,
    kind: 'XTelemetryPolicy',
    metadata,
    spec: {
      targetRefs: [service, service],
      tracing: {
        mode: 'Enabled',
        provider,
        samplingRate: { numerator: 1, denominator: 1000 },
        parentBasedSampling: { mode: 'Enabled', samplingRate: { numerator: 50 } },
        serviceName: 'shop/front',
        spanName: 'GET checkout',
        attributes: [
          { name: 'tenant', sourceType: 'Header', headerName: 'x-tenant' },
          { name: 'stage', sourceType: 'Literal', literalValue: 'live: é' },
          { name: 'method', sourceType: 'Attribute', attributeKey: 'request.method' },
        ],
      },
    },
    status: policyStatus,
  },
  {
    apiVersion,
    kind: 'XTelemetryPolicy',
    metadata: { name: 'outside' },
    spec: {
      targetRefs: [service],
      tracing: {
        mode: 'Enabled',
        provider: { backendRef: { group: 'gateway.networking.x-k8s.io', kind: 'XBackend', name: 'outside' } },
        parentBasedSampling: { mode: 'Disabled' },
      },
    },
  },
  {
    apiVersion,
    kind: 'XTelemetryPolicy',
    metadata: { name: 'off' },
    spec: { targetRefs: [service], tracing: { mode: 'Disabled' } },
  },
];

const xMesh = {
  apiVersion,
  kind: 'XMesh',
  metadata: { ...metadata, namespace: '' },
  spec: {
    controllerName: 'example.com/mesh',
    description: 'the mesh',
    parametersRef: { group: 'example.com', kind: 'Parameters', name: 'large', namespace: 'infra' },
  },
  status: { conditions, supportedFeatures: [{ name: 'Mesh' }] },
};

/** The kinds of the experimental group. */
export const EXPERIMENTAL_SEEDS: readonly Json[] = [...xBackends, ...trafficPolicies, ...telemetryPolicies, xMesh];
