// SPDX-License-Identifier: Apache-2.0

/** Parts that the seeds of several kinds have. */

export const GROUP = 'gateway.networking.k8s.io';

export const metadata = {
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

export const conditions = [
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

export const headers = {
  set: [
    { name: 'x-env', value: 'live' },
    { name: 'X-Env', value: 'a b' },
  ],
  add: [{ name: 'x-trace', value: '1' }],
  remove: ['x-secret', ''],
};

/** Filters of both kinds of routes. */
export const sharedFilters = [
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
    requestMirror: {
      backendRef: { kind: 'XBackend', group: 'gateway.networking.x-k8s.io', name: 'outside' },
      percent: 5,
    },
  },
  { type: 'ExtensionRef', extensionRef: { group: 'example.com', kind: 'Filter', name: 'own' } },
];

/** The status of a route. */
export const routeStatus = { parents: [{ parentRef: { name: 'gw' }, controllerName: 'example.com/c', conditions }] };
