// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accepted, judgeEach } from './verdict-table.test-support.ts';

const set = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'ListenerSet',
  metadata: { name: 'more' },
  spec: { parentRef: { name: 'gw' }, listeners: [{ name: 'a', port: 80, protocol: 'HTTP' }] },
};
const listeners = 'spec.listeners';

describe('ListenerSet', () => {
  it('gets the defaults of the API', () => {
    const parsed = accepted(set);
    assert.deepEqual('spec' in parsed && parsed.spec, {
      parentRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' },
      listeners: [{ name: 'a', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } }],
    });
  });

  judgeEach(it, set, [
    ['apiVersion', 'gateway.networking.k8s.io/v1alpha1', 'schema/api-version'],
    ['spec.parentRef', undefined, 'schema/required'],
    ['spec.parentRef.namespace', 'infra', 'accepted'],
    ['spec.parentRef.sectionName', 'a', 'schema/unknown-field'],
    [listeners, undefined, 'schema/required'],
    [listeners, [], 'schema/items'],
    [`${listeners}.0.port`, undefined, 'schema/required'],
    [`${listeners}.0.port`, 0, 'schema/range'],
    [
      listeners,
      [
        { name: 'a', port: 80, protocol: 'HTTP' },
        { name: 'b', port: 80, protocol: 'HTTP' },
      ],
      'schema/listener-conflict',
      `${listeners}.1`,
    ],
    [`${listeners}.0.protocol`, 'TLS', 'schema/listener-tls-required', `${listeners}.0.tls`],
    // A Gateway may not have this one: its CRD has a rule more.
    [listeners, [{ name: 'a', port: 1, protocol: 'TCP', filters: { requests: [] } }], 'accepted'],
    ['status', { conditions: [], listeners: [{ name: 1, foo: 1 }] }, 'schema/unknown-field', 'status.listeners.0.foo'],
  ]);
});
