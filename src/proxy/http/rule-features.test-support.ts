// SPDX-License-Identifier: Apache-2.0

/** What a rule of an HTTPRoute can say, one row each. A new kind of filter or limit wants a row: the compiler asks for it. */
import assert from 'node:assert/strict';
import type { ExplainedPlace } from '../../match/index.ts';
import type { Filter, HttpMatch, RouteEntry, Rule, RuleTiming } from '../../snapshot/index.ts';
import type { Answered, Asked, Seen } from './both-versions.test-support.ts';
import { HTTP_AUTH } from './external-auth.test-support.ts';
import { backend, rule } from './gateway.test-support.ts';

/** Beside an endpoint that never answers: how long that takes makes no difference. */
const SHORT_MS = 20;

/** What came of a request: what its client got, and what an endpoint saw of it, if one did. */
export interface Outcome extends Answered {
  readonly seen: Seen | null;
  readonly explained: ExplainedPlace;
  /** Requests at the other endpoint, and at the authorization server, since the row began. */
  readonly copies: number;
  readonly questions: number;
}

export interface Row {
  /** Of a rule for the prefix `/NAME`. */
  readonly filters?: readonly Filter[];
  readonly timing?: Partial<RuleTiming>;
  readonly match?: Partial<HttpMatch>;
  readonly ask?: Partial<Asked>;
  /** Part of what `explain` says of it: of the filters, and of the answer. */
  readonly says?: RegExp;
  readonly check: (outcome: Outcome) => void;
  /** Of a match: the same request but for this is not taken. */
  readonly others?: readonly Partial<Asked>[];
}

const status = (wanted: number) => (outcome: Outcome) => assert.equal(outcome.status, wanted);

const FILTERS: Readonly<Record<Filter['kind'], Row>> = {
  'request-headers': {
    filters: [
      {
        kind: 'request-headers',
        change: { set: [{ name: 'x-set', value: '1' }], add: [{ name: 'x-add', value: '2' }], remove: ['x-gone'] },
      },
    ],
    ask: { fields: { 'x-set': '0', 'x-add': '1', 'x-gone': '1' } },
    says: /request headers: set x-set: 1, add x-add: 2, remove x-gone/,
    check: ({ seen }) =>
      assert.deepEqual(
        ['x-set', 'x-add', 'x-gone'].map(name => seen?.fields[name]),
        ['1', '1,2', undefined],
      ),
  },
  'response-headers': {
    filters: [
      { kind: 'response-headers', change: { set: [{ name: 'x-from', value: '1' }], add: [], remove: ['x-secret'] } },
    ],
    says: /response headers: set x-from: 1, remove x-secret/,
    check: ({ fields }) => assert.deepEqual([fields['x-from'], fields['x-secret']], ['1', undefined]),
  },
  mirror: {
    filters: [{ kind: 'mirror', target: { cluster: 'other' }, share: { numerator: 1, denominator: 1 } }],
    says: /mirror 100 % to other/,
    check: ({ status, copies }) => assert.deepEqual([status, copies], [200, 1]),
  },
  'external-auth': {
    filters: [{ kind: 'external-auth', auth: HTTP_AUTH }],
    says: /external auth: auth is asked by HTTP/,
    check: ({ status, questions, seen }) =>
      assert.deepEqual([status, questions, seen?.fields['x-user']], [200, 1, 'alice']),
  },
  redirect: {
    filters: [
      { kind: 'redirect', redirect: { status: 308, scheme: 'https', port: null, hostname: 'b.test', path: null } },
    ],
    says: /redirect with 308: scheme https, host b\.test/,
    check: ({ status, fields, seen }) =>
      assert.deepEqual([status, fields['location'], seen], [308, 'https://b.test/redirect', null]),
  },
  rewrite: {
    filters: [
      { kind: 'rewrite', rewrite: { hostname: 'b.test', path: { kind: 'prefix', prefix: '/rewrite', value: '/new' } } },
    ],
    ask: { path: '/rewrite/x?q=1' },
    says: /rewrite: host b\.test, \/new in place of the prefix \/rewrite/,
    check: ({ seen }) => assert.deepEqual([seen?.host, seen?.target], ['b.test', '/new/x?q=1']),
  },
  cors: {
    filters: [
      {
        kind: 'cors',
        policy: {
          origins: [{ scheme: 'https', host: 'a.test', port: 443 }],
          credentials: true,
          methods: ['PUT'],
          headers: [],
          exposed: [],
          maxAgeSeconds: 5,
        },
      },
    ],
    ask: { method: 'OPTIONS', fields: { origin: 'https://a.test', 'access-control-request-method': 'PUT' } },
    says: /CORS: pages of https:\/\/a\.test may call; with credentials; methods PUT/,
    check: ({ fields, seen }) =>
      assert.deepEqual(
        [fields['access-control-allow-origin'], fields['access-control-allow-methods'], seen],
        ['https://a.test', 'PUT', null],
      ),
  },
  'message-limit': {
    filters: [{ kind: 'message-limit', maxBytes: 4 }],
    match: { path: { kind: 'prefix', value: '/limited.Echo' } },
    ask: {
      method: 'POST',
      path: '/limited.Echo/Echo',
      fields: { 'content-type': 'application/grpc', te: 'trailers' },
      body: '\0\0\0\0\x05hello',
    },
    says: /messages of clients: at most 4 bytes/,
    check: ({ fields }) => assert.equal(fields['grpc-status'], '8'),
  },
};

const MATCHES: Readonly<Record<string, Row>> = {
  exact: {
    match: { path: { kind: 'exact', value: '/exact/x' } },
    ask: { path: '/exact/x?q' },
    others: [{ path: '/exact/x/' }, { path: '/exact/X' }],
    check: status(200),
  },
  prefix: { ask: { path: '/prefix/x' }, others: [{ path: '/prefixes' }], check: status(200) },
  regex: {
    match: { path: { kind: 'regex', value: '/regex/[0-9]+' } },
    ask: { path: '/regex/12' },
    others: [{ path: '/regex/12/' }],
    check: status(200),
  },
  method: { match: { method: 'PUT' }, ask: { method: 'PUT' }, others: [{ method: 'POST' }], check: status(200) },
  header: {
    match: { headers: [{ kind: 'exact', name: 'x-a', value: '1' }] },
    ask: { fields: { 'x-a': '1' } },
    others: [{ fields: { 'x-a': '12' } }, { fields: {} }],
    check: status(200),
  },
  'header-regex': {
    match: { headers: [{ kind: 'regex', name: 'x-a', value: '[0-9]' }] },
    ask: { fields: { 'x-a': '1' } },
    others: [{ fields: { 'x-a': '12' } }],
    check: status(200),
  },
  query: {
    match: { queryParams: [{ kind: 'exact', name: 'q', value: 'a b' }] },
    ask: { path: '/query?q=a%20b' },
    others: [{ path: '/query?q=a' }, { path: '/query?Q=a%20b' }],
    check: status(200),
  },
  'query-regex': {
    match: { queryParams: [{ kind: 'regex', name: 'q', value: '[0-9]' }] },
    ask: { path: '/query-regex?q=1' },
    others: [{ path: '/query-regex?q=12' }],
    check: status(200),
  },
};

const TIMINGS: Readonly<Record<keyof RuleTiming, Row>> = {
  requestTimeoutMs: {
    timing: { requestTimeoutMs: SHORT_MS },
    ask: { path: '/requestTimeoutMs/silent' },
    says: /, within 20 ms/,
    check: status(504),
  },
  backendTimeoutMs: {
    timing: { backendTimeoutMs: SHORT_MS },
    ask: { path: '/backendTimeoutMs/silent' },
    says: /, each try answered within 20 ms/,
    check: status(504),
  },
  retry: {
    timing: { retry: { attempts: 2, httpStatuses: [503], grpcStatuses: [], backoffMs: 1 } },
    ask: { path: '/retry/fails-once' },
    says: /, tried again up to 2 times after failed connections and 503/,
    check: status(200),
  },
};

export const ROWS = new Map<string, Row>([FILTERS, MATCHES, TIMINGS].flatMap(table => Object.entries<Row>(table)));

export function entryOf(name: string, { filters = [], timing = {}, match = {} }: Row): RouteEntry {
  const of: Partial<Rule> = { filters, ...timing };
  const path = { kind: 'prefix', value: `/${name}` } as const;
  const whole = { kind: 'http', path, method: null, headers: [], queryParams: [], ...match } as const;
  return { match: whole, rule: rule(name, [backend('main')], of), matchIndex: 0 };
}
