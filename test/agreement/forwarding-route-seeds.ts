// SPDX-License-Identifier: Apache-2.0

import type { Json } from './json.ts';
import { GROUP, metadata, routeStatus } from './shared-seeds.ts';

const parents = {
  parentRefs: [
    { group: GROUP, kind: 'Gateway', namespace: 'infra', name: 'gw', sectionName: 'tcp', port: 443 },
    { namespace: 'infra', name: 'gw', sectionName: 'plain', port: 443 },
    { name: 'gw', sectionName: 'plain' },
    { group: '', kind: 'Service', name: 'svc', port: 9000 },
  ],
  useDefaultGateways: 'None',
};

const rule = {
  name: 'all',
  backendRefs: [
    { group: '', kind: 'Service', name: 'db', namespace: 'team-b', port: 5432, weight: 90 },
    { name: 'canary', port: 5432, weight: 0 },
    { group: 'example.com', kind: 'Pool', name: 'pool' },
    { group: 'gateway.networking.x-k8s.io', kind: 'XBackend', name: 'outside' },
  ],
};
const second = { name: 'second', backendRefs: [{ name: 'b', port: 1 }] };
const hostnames = ['api.example.com', '*.example.org'];

function route(kind: string, version: string, spec: { readonly [key: string]: Json }): Json[] {
  const apiVersion = `${GROUP}/${version}`;
  return [
    { apiVersion, kind, metadata, spec: { ...parents, ...spec }, status: routeStatus },
    { apiVersion, kind, metadata: { name: 'small' }, spec: { ...spec, rules: [second] } },
  ];
}

/** TCPRoutes, UDPRoutes and TLSRoutes of every version. */
export const FORWARDING_ROUTE_SEEDS: readonly Json[] = [
  ...['TCPRoute', 'UDPRoute'].flatMap(kind => [
    ...route(kind, 'v1', { rules: [rule] }),
    ...route(kind, 'v1alpha2', { rules: [rule, second] }),
  ]),
  ...route('TLSRoute', 'v1', { hostnames, rules: [rule] }),
  ...route('TLSRoute', 'v1alpha3', { hostnames, rules: [rule] }),
  ...route('TLSRoute', 'v1alpha2', { hostnames, rules: [rule, second] }),
];
