// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accepted, judgeEach } from './verdict-table.test-support.ts';

const rule = {
  matches: [{ path: { type: 'PathPrefix', value: '/users' } }],
  backendRefs: [{ name: 'users', port: 80 }],
};
const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'users' },
  spec: { parentRefs: [{ name: 'gw' }], hostnames: ['api.example.com'], rules: [rule] },
};

const EVERY_PATH = [{ path: { type: 'PathPrefix', value: '/' } }];
const repeat = (count: number, item: unknown) => Array.from({ length: count }, () => item);
const filter = (type: string, field: string, value: unknown) => ({ type, [field]: value });
const redirect = (value: unknown) => filter('RequestRedirect', 'requestRedirect', value);
const rewrite = (value: unknown) => filter('URLRewrite', 'urlRewrite', value);
const cors = (value: unknown) => filter('CORS', 'cors', value);
const externalAuth = (value: object) =>
  filter('ExternalAuth', 'externalAuth', { backendRef: { name: 'auth', port: 1 }, ...value });
const prefix = { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } };
const full = { path: { type: 'ReplaceFullPath', replaceFullPath: '' } };

describe('HTTPRoute', () => {
  it('gets the defaults of the API', () => {
    const parsed = accepted({
      ...route,
      spec: {
        rules: [
          {
            filters: [redirect({}), cors({})],
            retry: {},
          },
          {
            matches: [{ headers: [{ name: 'a', value: 'b' }], queryParams: [{ name: 'q', value: ' ' }] }, { path: {} }],
            backendRefs: [{ name: 'users', port: 80 }],
          },
        ],
      },
    });
    assert.ok(parsed.kind === 'HTTPRoute');
    assert.deepEqual(parsed.spec.rules, [
      {
        matches: EVERY_PATH,
        filters: [redirect({ statusCode: 302 }), cors({ maxAge: 5 })],
        retry: { attempts: 1 },
      },
      {
        matches: [
          {
            path: { type: 'PathPrefix', value: '/' },
            headers: [{ type: 'Exact', name: 'a', value: 'b' }],
            queryParams: [{ type: 'Exact', name: 'q', value: ' ' }],
          },
          { path: { type: 'PathPrefix', value: '/' } },
        ],
        backendRefs: [{ group: '', kind: 'Service', name: 'users', port: 80, weight: 1 }],
      },
    ]);
  });

  it('has one rule for every path when none is written', () => {
    const parsed = accepted({ ...route, spec: {} });
    assert.ok(parsed.kind === 'HTTPRoute');
    assert.deepEqual(parsed.spec.rules, [{ matches: EVERY_PATH }]);
  });

  describe('versions', () => {
    judgeEach(it, route, [
      ['apiVersion', 'gateway.networking.k8s.io/v1beta1', 'accepted'],
      ['apiVersion', 'gateway.networking.k8s.io/v1alpha2', 'schema/api-version'],
    ]);
  });

  describe('rules', () => {
    const names = [{ name: 'a' }, { name: 'a' }];
    judgeEach(it, route, [
      ['spec', undefined, 'schema/required'],
      ['spec.rules', [], 'schema/items'],
      ['spec.rules', null, 'accepted'],
      ['spec.rules', repeat(17, {}), 'schema/items'],
      ['spec.rules', names, 'schema/rule-name-duplicate', 'spec.rules.1.name'],
      ['spec.rules', [...repeat(2, { matches: repeat(64, {}) }), {}], 'schema/too-many-matches'],
      ['spec.rules', [...repeat(2, { matches: repeat(64, {}) }), { matches: [] }], 'accepted'],
      ['spec.rules.0.matches', repeat(65, {}), 'schema/items'],
      ['spec.rules.0.backendRefs', repeat(17, { name: 'a', port: 1 }), 'schema/items'],
      ['spec.rules.0.backendRefs.0.port', undefined, 'schema/backend-port-missing'],
      ['spec.useDefaultGateways', 'Some', 'schema/enum'],
    ]);
  });

  describe('path of a match', () => {
    const at = 'spec.rules.0.matches.0.path';
    const value = `${at}.value`;
    const bad = [
      '',
      'users',
      '//',
      '/a//b',
      '/.',
      '/..',
      '/a/./b',
      '/a/../b',
      '/a%2fb',
      '/a%2Fb',
      '/a#b',
      '/é',
      '/%g0',
      '/a b',
    ];
    judgeEach(it, route, [
      ...bad.map(text => [value, text, 'schema/path-match'] as const),
      [value, '/a.b/...', 'accepted'],
      [value, "/%20~!$&'()*+,;=:@", 'accepted'],
      [value, `/${'a'.repeat(1024)}`, 'schema/length'],
      [at, { type: 'RegularExpression', value: '(//' }, 'accepted'],
      [at, { type: 'RegularExpression', value: '' }, 'accepted'],
      [`${at}.type`, 'Prefix', 'schema/enum'],
      [`${at}.type`, 'Exact', 'accepted'],
    ]);
  });

  describe('headers, query and method of a match', () => {
    const at = 'spec.rules.0.matches.0';
    const twice = [
      { name: 'a', value: 'b' },
      { name: 'a', value: 'c' },
    ];
    judgeEach(it, route, [
      [`${at}.headers`, [{ name: 'a', value: 'b c' }], 'accepted'],
      [`${at}.headers`, [{ name: 'a', value: 'b  c' }], 'schema/pattern', `${at}.headers.0.value`],
      [`${at}.headers`, twice, 'schema/duplicate', `${at}.headers.1.name`],
      [`${at}.queryParams`, [{ name: 'a', value: 'é  ' }], 'accepted'],
      [`${at}.queryParams`, [{ name: 'a', value: '' }], 'schema/length', `${at}.queryParams.0.value`],
      [`${at}.queryParams`, [{ name: 'a[]', value: 'b' }], 'schema/pattern', `${at}.queryParams.0.name`],
      [`${at}.queryParams`, twice, 'schema/duplicate', `${at}.queryParams.1.name`],
      [`${at}.method`, 'PATCH', 'accepted'],
      [`${at}.method`, 'get', 'schema/enum'],
    ]);
  });

  describe('timeouts and retry', () => {
    const at = 'spec.rules.0';
    judgeEach(it, route, [
      [`${at}.timeouts`, { request: '1s', backendRequest: '1s' }, 'accepted'],
      [
        `${at}.timeouts`,
        { request: '1s', backendRequest: '1001ms' },
        'schema/timeouts',
        `${at}.timeouts.backendRequest`,
      ],
      [`${at}.timeouts`, { request: '0s', backendRequest: '1h' }, 'accepted'],
      [`${at}.timeouts`, { backendRequest: '1h' }, 'accepted'],
      [`${at}.timeouts`, { request: '1.5s' }, 'schema/pattern', `${at}.timeouts.request`],
      [`${at}.retry`, { attempts: 0 }, 'accepted'],
      [`${at}.retry`, { attempts: -1 }, 'schema/range', `${at}.retry.attempts`],
      [`${at}.retry`, { codes: [400, 599] }, 'accepted'],
      [`${at}.retry`, { codes: [399] }, 'schema/range', `${at}.retry.codes.0`],
      [`${at}.retry`, { codes: [500, 500] }, 'schema/duplicate', `${at}.retry.codes.1`],
      [`${at}.retry`, { backoff: '1d' }, 'schema/pattern', `${at}.retry.backoff`],
    ]);
  });

  for (const at of ['spec.rules.0.filters', 'spec.rules.0.backendRefs.0.filters']) {
    describe(at, () => {
      judgeEach(it, route, [
        [at, [{ type: 'URLRewrite' }], 'schema/required', `${at}.0.urlRewrite`],
        [at, [{ type: 'Other' }], 'schema/enum', `${at}.0.type`],
        [at, [{ ...rewrite({}), cors: {} }], 'schema/filter-field', `${at}.0.cors`],
        [at, [rewrite({}), rewrite({})], 'schema/filter-repeated', `${at}.1.type`],
        [at, [cors({}), cors({})], 'schema/filter-repeated', `${at}.1.type`],
        [at, [externalAuth({ protocol: 'GRPC', grpc: {} })], 'accepted'],
        [at, [externalAuth({ protocol: 'GRPC' })], 'schema/required', `${at}.0.externalAuth.grpc`],
        [
          at,
          [externalAuth({ protocol: 'HTTP', http: {}, grpc: {} })],
          'schema/filter-field',
          `${at}.0.externalAuth.grpc`,
        ],
        [
          at,
          [externalAuth({ protocol: 'HTTP', http: { path: '' } })],
          'schema/pattern',
          `${at}.0.externalAuth.http.path`,
        ],
        [at, [externalAuth({ protocol: 'TCP' })], 'schema/enum', `${at}.0.externalAuth.protocol`],
        [at, [cors({ allowOrigins: ['*'] })], 'accepted'],
        [at, [cors({ allowOrigins: ['https://*.a.b:8443', 'http://*'] })], 'accepted'],
        [at, [cors({ allowOrigins: ['*', 'http://a'] })], 'schema/cors-wildcard', `${at}.0.cors.allowOrigins.0`],
        [at, [cors({ allowOrigins: ['a.b'] })], 'schema/pattern', `${at}.0.cors.allowOrigins.0`],
        [at, [cors({ allowMethods: ['GET', 'GET'] })], 'schema/duplicate', `${at}.0.cors.allowMethods.1`],
        [at, [cors({ exposeHeaders: ['*', 'a'] })], 'accepted'],
        [at, [cors({ maxAge: 0 })], 'schema/range', `${at}.0.cors.maxAge`],
        [at, [rewrite(prefix)], 'accepted'],
        [at, [rewrite(full)], 'accepted'],
        [at, [rewrite({ hostname: '*.a' })], 'schema/pattern', `${at}.0.urlRewrite.hostname`],
        [
          at,
          [rewrite({ path: { ...prefix.path, replaceFullPath: '/' } })],
          'schema/filter-field',
          `${at}.0.urlRewrite.path.replaceFullPath`,
        ],
        [
          at,
          [rewrite({ path: { type: 'ReplaceFullPath' } })],
          'schema/required',
          `${at}.0.urlRewrite.path.replaceFullPath`,
        ],
      ]);
    });
  }

  describe('redirects', () => {
    const alone = { ...route, spec: { rules: [{ matches: rule.matches, filters: [redirect({})] }] } };
    const at = 'spec.rules.0.filters';
    const where = `${at}.0.requestRedirect`;
    judgeEach(it, alone, [
      [where, { scheme: 'https', port: 443, hostname: 'a.b', statusCode: 308 }, 'accepted'],
      [where, { statusCode: 300 }, 'schema/enum', `${where}.statusCode`],
      [where, { scheme: 'ftp' }, 'schema/enum', `${where}.scheme`],
      [where, prefix, 'accepted'],
      [at, [redirect({}), rewrite({})], 'schema/redirect-contradiction', `${at}.1.type`],
      ['spec.rules.0.backendRefs', [{ name: 'a', port: 1 }], 'schema/redirect-contradiction', `${at}.0`],
      ['spec.rules.0.backendRefs', [], 'accepted'],
    ]);
    judgeEach(it, route, [['spec.rules.0.backendRefs.0.filters', [redirect({})], 'accepted']]);
  });

  describe('replacing the prefix that matched', () => {
    const exact = [{ path: { type: 'Exact', value: '/' } }];
    const backend = { name: 'a', port: 1, filters: [rewrite(prefix)] };
    const at = 'spec.rules.0';
    const own = `${at}.filters.0`;
    judgeEach(it, route, [
      [at, { filters: [rewrite(prefix)] }, 'accepted'],
      [at, { matches: [], filters: [rewrite(prefix)] }, 'schema/prefix-without-match', own],
      [at, { matches: exact, filters: [rewrite(prefix)] }, 'schema/prefix-without-match', own],
      [at, { matches: exact, filters: [redirect(prefix)] }, 'schema/prefix-without-match', own],
      [at, { matches: exact, filters: [rewrite(full)] }, 'accepted'],
      [at, { matches: [{}, {}], filters: [rewrite(prefix)] }, 'schema/prefix-without-match', own],
      [at, { matches: exact, backendRefs: [backend] }, 'schema/prefix-without-match', `${at}.backendRefs.0.filters.0`],
      [at, { matches: exact, backendRefs: [backend, backend] }, 'accepted'],
    ]);
  });
});
