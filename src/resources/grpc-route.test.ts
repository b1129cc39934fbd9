// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accepted, judgeEach } from './verdict-table.test-support.ts';

const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GRPCRoute',
  metadata: { name: 'login' },
  spec: {
    parentRefs: [{ name: 'gw' }],
    hostnames: ['api.example.com'],
    rules: [
      {
        matches: [{ method: { service: 'com.example.User', method: 'Login' }, headers: [{ name: 'a', value: 'b' }] }],
        filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { add: [{ name: 'x', value: 'y' }] } }],
        backendRefs: [{ name: 'user', port: 9000 }],
      },
    ],
  },
};

const repeat = (count: number, item: unknown) => Array.from({ length: count }, () => item);
const set = (name: string, value = 'v') => [
  { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name, value }] } },
];
const mirror = (share: object) => [
  { type: 'RequestMirror', requestMirror: { backendRef: { name: 'a', port: 1 }, ...share } },
];

describe('GRPCRoute', () => {
  it('gets the defaults of the API', () => {
    const parsed = accepted(route);
    assert.deepEqual(parsed, {
      ...route,
      metadata: { name: 'login', namespace: 'default', labels: {}, annotations: {}, generation: 1 },
      spec: {
        parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' }],
        hostnames: ['api.example.com'],
        rules: [
          {
            matches: [
              {
                method: { type: 'Exact', service: 'com.example.User', method: 'Login' },
                headers: [{ type: 'Exact', name: 'a', value: 'b' }],
              },
            ],
            filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { add: [{ name: 'x', value: 'y' }] } }],
            backendRefs: [{ group: '', kind: 'Service', name: 'user', port: 9000, weight: 1 }],
          },
        ],
      },
    });
  });

  it('drops the status that is written with it', () => {
    const parsed = accepted({ ...route, status: { parents: 'of any type' } });
    assert.ok(!('status' in parsed));
  });

  describe('parentRefs', () => {
    const at = 'spec.parentRefs';
    judgeEach(it, route, [
      [at, [], 'accepted'],
      [at, null, 'accepted'],
      [at, Array.from({ length: 33 }, (_, index) => ({ name: `gw-${index}` })), 'schema/items'],
      [`${at}.0`, null, 'schema/type'],
      [`${at}.0.group`, 'core', 'accepted'],
      [`${at}.0.group`, '', 'accepted'],
      [`${at}.0.group`, 'A', 'schema/pattern'],
      [`${at}.0.kind`, 'Service', 'accepted'],
      [`${at}.0.kind`, '', 'schema/length'],
      [`${at}.0.name`, undefined, 'schema/required'],
      [`${at}.0.name`, null, 'schema/required'],
      [`${at}.0.name`, 'Any Text', 'accepted'],
      [`${at}.0.namespace`, '', 'schema/length'],
      [`${at}.0.namespace`, 'a.b', 'schema/pattern'],
      [`${at}.0.port`, 0, 'schema/range'],
      [`${at}.0.port`, 65536, 'schema/range'],
      [`${at}.0.port`, '80', 'schema/type'],
      [`${at}.0.sectionname`, 'a', 'schema/unknown-field'],
      [at, [{ name: 'a' }, { name: 'a' }], 'schema/parent-duplicate', `${at}.1`],
      [at, [{ name: 'a' }, { name: 'a', kind: 'Service' }], 'accepted'],
      [at, [{ name: 'a' }, { name: 'a', namespace: 'default' }], 'accepted'],
      [at, [{ name: 'a' }, { name: 'a', sectionName: 'x' }], 'schema/parent-ambiguous', `${at}.1`],
      [
        at,
        [
          { name: 'a', port: 1 },
          { name: 'a', sectionName: 'x' },
        ],
        'schema/parent-ambiguous',
        `${at}.1`,
      ],
      [
        at,
        [
          { name: 'a', port: 1 },
          { name: 'a', port: 2 },
        ],
        'accepted',
      ],
      [
        at,
        [
          { name: 'a', port: 1, sectionName: 'x' },
          { name: 'a', port: 1, sectionName: 'y' },
        ],
        'accepted',
      ],
    ]);
  });

  describe('hostnames', () => {
    judgeEach(it, route, [
      ['spec.hostnames.0', '*.example.com', 'accepted'],
      ['spec.hostnames.0', '10.0.0.1', 'accepted'],
      ['spec.hostnames.0', '*', 'schema/pattern'],
      ['spec.hostnames.0', '*.*.com', 'schema/pattern'],
      ['spec.hostnames.0', 'Api.example.com', 'schema/pattern'],
      ['spec.hostnames.0', 'a.b:80', 'schema/pattern'],
      ['spec.hostnames.0', '', 'schema/length'],
      ['spec.hostnames.0', 'a'.repeat(254), 'schema/length'],
      ['spec.hostnames.0', null, 'schema/type'],
      ['spec.hostnames', repeat(16, 'a'), 'accepted'],
      ['spec.hostnames', repeat(17, 'a'), 'schema/items'],
      ['spec.hostnames', 'a', 'schema/type'],
    ]);
  });

  describe('rules', () => {
    judgeEach(it, route, [
      ['spec', undefined, 'schema/required'],
      ['spec', {}, 'accepted'],
      ['spec.rules', [], 'accepted'],
      ['spec.rules', [{}], 'accepted'],
      ['spec.rules', repeat(17, {}), 'schema/items'],
      ['spec.rules', [{ name: 'a' }, { name: 'a' }], 'schema/rule-name-duplicate', 'spec.rules.1.name'],
      ['spec.rules', repeat(2, { matches: repeat(64, {}) }), 'accepted'],
      ['spec.rules', [...repeat(2, { matches: repeat(64, {}) }), { matches: [{}] }], 'schema/too-many-matches'],
      ['spec.rules.0.matches', repeat(65, {}), 'schema/items'],
      ['spec.rules.0.timeouts', { request: '1s' }, 'schema/unknown-field'],
      ['spec.useDefaultGateways', 'All', 'accepted'],
      ['spec.useDefaultGateways', 'Some', 'schema/enum'],
    ]);
  });

  describe('matches', () => {
    const method = 'spec.rules.0.matches.0.method';
    const headers = 'spec.rules.0.matches.0.headers';
    judgeEach(it, route, [
      [method, {}, 'schema/method-match-empty'],
      [method, { type: 'RegularExpression' }, 'schema/method-match-empty'],
      [`${method}.service`, '.a.B_2', 'accepted'],
      [`${method}.service`, 'a/b', 'schema/method-match-name'],
      [`${method}.service`, 'a-b', 'schema/method-match-name'],
      [`${method}.service`, '', 'schema/method-match-name'],
      [`${method}.service`, '\u212a', 'accepted'],
      [`${method}.method`, 'com.example.User.Login', 'schema/method-match-name'],
      [`${method}.method`, 'a\n', 'schema/method-match-name'],
      [method, { type: 'RegularExpression', service: '(' }, 'accepted'],
      [`${method}.type`, 'Prefix', 'schema/enum'],
      [`${method}.service`, 'a'.repeat(1025), 'schema/length'],
      [
        headers,
        [
          { name: 'a', value: 'b' },
          { name: 'A', value: 'b' },
        ],
        'accepted',
      ],
      [
        headers,
        [
          { name: 'a', value: 'b' },
          { name: 'a', value: 'c' },
        ],
        'schema/duplicate',
        `${headers}.1.name`,
      ],
      [`${headers}.0.name`, 'a b', 'schema/pattern'],
      [`${headers}.0.name`, ':authority', 'schema/pattern'],
      [`${headers}.0.value`, '', 'schema/length'],
      [`${headers}.0.value`, 'any text: é', 'accepted'],
    ]);
  });

  for (const filters of ['spec.rules.0.filters', 'spec.rules.0.backendRefs.0.filters']) {
    describe(filters, () => {
      judgeEach(it, route, [
        [filters, [{}], 'schema/required', `${filters}.0.type`],
        [filters, [{ type: 'URLRewrite' }], 'schema/enum', `${filters}.0.type`],
        [filters, [{ type: 'ExtensionRef' }], 'schema/required', `${filters}.0.extensionRef`],
        [filters, [{ ...mirror({})[0], extensionRef: {} }], 'schema/filter-field', `${filters}.0.extensionRef`],
        [filters, [{ ...mirror({})[0], extensionRef: null }], 'accepted'],
        [filters, [...set('a'), ...set('b')], 'schema/filter-repeated', `${filters}.1.type`],
        [filters, [...mirror({}), ...mirror({})], 'accepted'],
        [filters, set('a b'), 'schema/pattern', `${filters}.0.requestHeaderModifier.set.0.name`],
        [filters, set('a', 'b  c'), 'schema/pattern', `${filters}.0.requestHeaderModifier.set.0.value`],
        [filters, set('a', 'b c'), 'accepted'],
        [
          filters,
          mirror({ percent: 1, fraction: { numerator: 1 } }),
          'schema/mirror-share',
          `${filters}.0.requestMirror.fraction`,
        ],
        [filters, mirror({ percent: 101 }), 'schema/range', `${filters}.0.requestMirror.percent`],
        [
          filters,
          mirror({ fraction: { numerator: 101 } }),
          'schema/fraction',
          `${filters}.0.requestMirror.fraction.numerator`,
        ],
        [filters, mirror({ fraction: { numerator: 1, denominator: 2 ** 40 } }), 'accepted'],
        [
          filters,
          mirror({ fraction: { numerator: 0, denominator: 0 } }),
          'schema/range',
          `${filters}.0.requestMirror.fraction.denominator`,
        ],
        [
          filters,
          mirror({ backendRef: { name: 'a' } }),
          'schema/backend-port-missing',
          `${filters}.0.requestMirror.backendRef.port`,
        ],
      ]);
    });
  }

  describe('headers to remove', () => {
    const at = 'spec.rules.0.filters.0.requestHeaderModifier.remove';
    judgeEach(it, route, [
      [at, ['a', 'A', ''], 'accepted'],
      [at, ['a', 'a'], 'schema/duplicate', `${at}.1`],
      [at, Array.from({ length: 17 }, (_, index) => `x-${index}`), 'schema/items'],
    ]);
  });

  describe('backendRefs', () => {
    const at = 'spec.rules.0.backendRefs';
    judgeEach(it, route, [
      [`${at}.0.port`, undefined, 'schema/backend-port-missing'],
      [at, [{ name: 'a', group: 'core' }], 'accepted'],
      [at, [{ name: 'a', kind: 'Pool' }], 'accepted'],
      [at, [{ name: 'a', kind: 'XBackend', group: 'gateway.networking.x-k8s.io' }], 'accepted'],
      [
        at,
        [{ name: 'a', kind: 'XBackend', group: 'gateway.networking.x-k8s.io', port: 1 }],
        'schema/backend-port-forbidden',
        `${at}.0.port`,
      ],
      [`${at}.0.weight`, 0, 'accepted'],
      [`${at}.0.weight`, 1_000_000, 'accepted'],
      [`${at}.0.weight`, 1_000_001, 'schema/range'],
      [`${at}.0.weight`, -1, 'schema/range'],
      [`${at}.0.weight`, 0.5, 'schema/type'],
      [at, repeat(16, { name: 'a', port: 1 }), 'accepted'],
      [at, repeat(17, { name: 'a', port: 1 }), 'schema/items'],
    ]);
  });

  describe('sessionPersistence', () => {
    const at = 'spec.rules.0.sessionPersistence';
    judgeEach(it, route, [
      [at, {}, 'schema/required', `${at}.cookie`],
      [at, { cookie: {} }, 'accepted'],
      [at, { type: null, cookie: {} }, 'accepted'],
      [at, { type: 'Session', cookie: {} }, 'schema/enum', `${at}.type`],
      [at, { cookie: { lifetimeType: 'Permanent' } }, 'schema/session-persistence', `${at}.absoluteTimeout`],
      [at, { cookie: { lifetimeType: 'Permanent' }, absoluteTimeout: '1h30m' }, 'accepted'],
      [at, { cookie: { name: 'a b' } }, 'schema/pattern', `${at}.cookie.name`],
      [at, { cookie: { path: 'any; text' } }, 'accepted'],
      [at, { type: 'Header' }, 'schema/required', `${at}.header`],
      [at, { type: 'Header', header: {} }, 'schema/required', `${at}.header.name`],
      [at, { type: 'Header', header: { name: 'a' } }, 'accepted'],
      [at, { type: 'Header', header: { name: 'a' }, cookie: {} }, 'schema/session-persistence', `${at}.cookie`],
      [at, { cookie: {}, header: { name: 'a' } }, 'schema/session-persistence', `${at}.header`],
      [at, { cookie: {}, absoluteTimeout: '1d' }, 'schema/pattern', `${at}.absoluteTimeout`],
      [at, { cookie: {}, sessionName: 'a' }, 'schema/unknown-field', `${at}.sessionName`],
      [at, { cookie: {}, idleTimeout: '1h' }, 'schema/unknown-field', `${at}.idleTimeout`],
    ]);
  });
});
