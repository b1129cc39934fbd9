// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accepted, judgeEach } from './verdict-table.test-support.ts';

const GROUP = 'gateway.networking.k8s.io';
const rule = { backendRefs: [{ name: 'a', port: 5432 }] };
const at = 'spec.rules';

for (const kind of ['TCPRoute', 'UDPRoute']) {
  const route = { apiVersion: `${GROUP}/v1`, kind, metadata: { name: 'a' }, spec: { rules: [rule] } };
  const older = { ...route, apiVersion: `${GROUP}/v1alpha2` };

  describe(kind, () => {
    it('gets the defaults of the API', () => {
      const parsed = accepted({ ...route, spec: { ...route.spec, parentRefs: [{ name: 'gw', sectionName: 'a' }] } });
      assert.deepEqual('spec' in parsed && parsed.spec, {
        parentRefs: [{ group: GROUP, kind: 'Gateway', name: 'gw', sectionName: 'a' }],
        rules: [{ backendRefs: [{ group: '', kind: 'Service', name: 'a', port: 5432, weight: 1 }] }],
      });
    });

    judgeEach(it, route, [
      ['apiVersion', `${GROUP}/v1alpha2`, 'accepted'],
      ['apiVersion', `${GROUP}/v1alpha3`, 'schema/api-version'],
      ['spec', undefined, 'schema/required'],
      ['spec.hostnames', ['a.b'], 'schema/unknown-field'],
      [at, undefined, 'schema/required'],
      [at, [], 'schema/items'],
      [at, [rule, rule], 'schema/items'],
      [at, [{}], 'schema/required', `${at}.0.backendRefs`],
      [`${at}.0.name`, 'A', 'schema/pattern'],
      [`${at}.0.matches`, [], 'schema/unknown-field'],
      [`${at}.0.backendRefs`, [], 'schema/items'],
      [`${at}.0.backendRefs`, Array.from({ length: 17 }, () => rule.backendRefs[0]), 'schema/items'],
      [`${at}.0.backendRefs.0.port`, undefined, 'schema/backend-port-missing'],
      [`${at}.0.backendRefs.0.weight`, 1_000_001, 'schema/range'],
      [`${at}.0.backendRefs.0.filters`, [], 'schema/unknown-field'],
      ['spec.parentRefs', [{ name: 'a' }, { name: 'a' }], 'schema/parent-duplicate', 'spec.parentRefs.1'],
      ['spec.useDefaultGateways', 'All', 'accepted'],
      ['status', { parents: [], foo: 1 }, 'schema/unknown-field', 'status.foo'],
    ]);

    describe('of v1alpha2', () => {
      judgeEach(it, older, [
        [at, Array.from({ length: 16 }, () => rule), 'accepted'],
        [at, Array.from({ length: 17 }, () => rule), 'schema/items'],
        [
          at,
          [
            { ...rule, name: 'a' },
            { ...rule, name: 'a' },
          ],
          'schema/rule-name-duplicate',
          `${at}.1.name`,
        ],
      ]);
    });
  });
}

describe('TLSRoute', () => {
  const route = {
    apiVersion: `${GROUP}/v1`,
    kind: 'TLSRoute',
    metadata: { name: 'a' },
    spec: { hostnames: ['a.example.com', '*.example.com'], rules: [rule] },
  };
  const hostnames = 'spec.hostnames';
  const older = { ...route, apiVersion: `${GROUP}/v1alpha2` };

  judgeEach(it, route, [
    ['apiVersion', `${GROUP}/v1alpha3`, 'accepted'],
    ['apiVersion', `${GROUP}/v1alpha2`, 'accepted'],
    ['apiVersion', `${GROUP}/v1beta1`, 'schema/api-version'],
    [hostnames, undefined, 'schema/required'],
    [hostnames, [], 'schema/items'],
    [hostnames, Array.from({ length: 1024 }, (_, index) => `a${index}`), 'accepted'],
    [hostnames, Array.from({ length: 1025 }, (_, index) => `a${index}`), 'schema/items'],
    [hostnames, ['10.0.0.1'], 'schema/hostname-address', `${hostnames}.0`],
    [hostnames, ['10.0.0.01'], 'accepted'],
    [hostnames, ['*'], 'schema/pattern', `${hostnames}.0`],
    [at, [rule, rule], 'schema/items'],
    [`${at}.0.matches`, [], 'schema/unknown-field'],
  ]);

  describe('of v1alpha2', () => {
    judgeEach(it, older, [
      [hostnames, undefined, 'accepted'],
      [hostnames, [], 'accepted'],
      [hostnames, ['10.0.0.1'], 'accepted'],
      [at, [rule, rule], 'accepted'],
    ]);
  });
});
