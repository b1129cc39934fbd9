// SPDX-License-Identifier: Apache-2.0

/** Valid objects that have, together, every field of the Gateway API kinds that daemun works with. */
import { EXPERIMENTAL_SEEDS } from './experimental-seeds.ts';
import { FORWARDING_ROUTE_SEEDS } from './forwarding-route-seeds.ts';
import { GATEWAY_SEEDS, LISTENER_SET_SEEDS } from './gateway-seeds.ts';
import { HTTP_ROUTE_SEEDS } from './http-route-seeds.ts';
import type { Json } from './json.ts';
import { BACKEND_TLS_POLICY_SEEDS } from './policy-seeds.ts';
import { conditions, GROUP, metadata, routeStatus, sharedFilters } from './shared-seeds.ts';

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
  ...GATEWAY_SEEDS,
  grpcRoute,
  smallRoute,
  longRoute,
  ...HTTP_ROUTE_SEEDS,
  referenceGrant,
  { ...referenceGrant, apiVersion: `${GROUP}/v1beta1`, metadata: { name: 'small', namespace: 'team-a' } },
  ...LISTENER_SET_SEEDS,
  ...FORWARDING_ROUTE_SEEDS,
  ...BACKEND_TLS_POLICY_SEEDS,
  ...EXPERIMENTAL_SEEDS,
];
