// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleCluster } from '../snapshot/cluster.test-support.ts';
import {
  endpointSet,
  type RequestListener,
  type RouteEntry,
  type Rule,
  type Snapshot,
  type Tracing,
} from '../snapshot/index.ts';
import { sampleTracing } from '../snapshot/tracing.test-support.ts';
import { explain } from './explain.ts';
import type { Question } from './explanation.ts';
import { binding, entry, exact, listener, rule, virtualHost } from './snapshot-builders.test-support.ts';

const ASKED: Question = {
  protocol: 'grpc',
  method: 'POST',
  path: '/com.example.User/Login',
  host: 'a.example.com',
  headers: {},
  client: null,
  clientNamespace: null,
  to: null,
  gateway: null,
  listener: null,
};

function snapshot(...bindings: Snapshot['bindings']): Snapshot {
  const cluster = sampleCluster('app/user:80');
  const endpoints = [{ address: '10.0.0.1', port: 8080, state: 'ready' as const, name: 'user-1' }];
  return {
    version: 1,
    bindings,
    clusters: [cluster],
    endpoints: [endpointSet('app/user:80', endpoints)],
    certificates: [],
    trustBundles: [],
    clients: [],
  };
}

function place(entries: readonly RouteEntry[], asked: Partial<Question> = {}) {
  const bound = binding(listener('l', '*', virtualHost('*', ...entries)));
  const [found] = explain(snapshot(bound), { ...ASKED, ...asked }).places;
  assert.ok(found !== undefined);
  return found;
}

const to = (cluster: string, weight: number) =>
  ({
    weight,
    target: { kind: 'cluster', cluster },
    filters: [],
    session: null,
  }) as const satisfies Rule['backends'][number];

describe('reasons', () => {
  const cases = [
    [exact('com.example.User', 'Logout'), [], 'method com.example.User/Login is not com.example.User/Logout'],
    [
      exact('com.example.User', 'login'),
      [],
      'method com.example.User/Login is not com.example.User/login (case matters)',
    ],
    [exact('com.example', null), [], 'service com.example.User is not com.example'],
    [exact(null, 'Logout'), [], 'method Login is not Logout'],
    [
      { kind: 'regex', service: 'org.*', method: null },
      [],
      'method com.example.User/Login does not match the pattern org.*/.*',
    ],
    [null, [{ kind: 'exact', name: 'env', value: 'canary' }], 'header env is "x", wants "canary"'],
    [null, [{ kind: 'exact', name: 'team', value: 'a' }], 'header team is absent, wants "a"'],
    [null, [{ kind: 'regex', name: 'env', value: 'y+' }], 'header env is "x", wants a match of y+'],
  ] as const;
  for (const [method, headers, reason] of cases) {
    it(`says: ${reason}`, () => {
      const { candidates, answer } = place([entry('r', method, ...headers)], { headers: { env: 'x' } });
      assert.deepEqual([candidates[0]?.verdict, candidates[0]?.reason], ['refused', reason]);
      assert.equal(answer.grpcStatus, 12);
    });
  }

  it('says what an entry asks for', () => {
    const { candidates } = place([
      entry('r', exact('s', 'm'), { kind: 'exact', name: 'env', value: 'x' }),
      entry('r', { kind: 'regex', service: 's.*', method: null }),
      entry('r', null),
    ]);
    assert.deepEqual(
      candidates.map(({ match }) => match),
      ['method s/m, header env = "x"', 'service ~ s.*', 'any gRPC method'],
    );
    assert.deepEqual(
      candidates.map(({ verdict }) => verdict),
      ['refused', 'refused', 'taken'],
    );
  });

  it('says that what stands behind the winner is not reached', () => {
    const { candidates } = place([entry('first', null), entry('second', null)]);
    assert.equal(candidates[1]?.reason, 'not reached: one before it takes the request');
  });
});

describe('a path that names no gRPC method', () => {
  for (const [path, fault] of [
    ['/com.example.User/Login?x=1', 'has a query'],
    ['/com.example.User/%4cogin', 'has a percent-encoding'],
    ['/com.example.User//Login', 'has an empty service or method'],
    ['/v1/com.example.User/Login', 'has more than a service and a method'],
  ] as const) {
    it(`is refused by every rule, and said to be so: ${path}`, () => {
      const { answer, candidates } = place([entry('guard', exact('com.example.User', 'Login')), entry('any', null)], {
        path,
      });
      const why = `path ${path} ${fault}, so it names no gRPC method`;
      assert.deepEqual(
        candidates.map(({ verdict, reason }) => [verdict, reason]),
        [
          ['refused', why],
          ['refused', why],
        ],
      );
      assert.deepEqual([answer.grpcStatus, answer.text], [12, `gRPC status 12 UNIMPLEMENTED: ${why}`]);
    });
  }
});

describe('a text that is too long for patterns', () => {
  const long = 'a'.repeat(2_049);
  const why = 'is longer than the 2048 characters that patterns are tried on, so it matches none';

  it('is said to match none, in a header and in a method', () => {
    const header = entry('h', null, { kind: 'regex', name: 'env', value: 'a+' });
    const method = entry('m', { kind: 'regex', service: null, method: 'a+' });
    const { candidates } = place([header, method], { path: `/s/${long}`, headers: { env: long } });
    assert.deepEqual(
      candidates.map(({ reason }) => reason),
      [`header env ${why}`, `the method's name ${why}`],
    );
  });
});

describe('a field that is dropped at the edge', () => {
  it('is absent for every rule', () => {
    const asks = (name: string) => entry(name, null, { kind: 'regex', name, value: '.*' });
    const names = ['x-envoy-internal', 'x-forwarded-client-cert', 'x-envoy-livenessprobe'];
    const headers = Object.fromEntries(names.map(name => [name, 'true']));
    const { candidates } = place(names.map(asks), { headers });
    assert.deepEqual(
      candidates.map(({ reason }) => reason),
      [
        'header x-envoy-internal is dropped when a client sends it, so no request has it',
        'header x-forwarded-client-cert is dropped, unless a proxy that the Gateway trusts sends it',
        'the first that takes the request',
      ],
    );
  });
});

describe('listeners', () => {
  it('says why each other listener does not get the host', () => {
    const bound = binding(listener('mine', 'a.example.com'), listener('other', 'b.test'), listener('wide', '*'));
    const [found] = explain(snapshot(bound), ASKED).places;
    assert.equal(found?.listener?.id, 'ns/gw/mine');
    assert.deepEqual(
      found?.otherListeners.map(({ reason }) => reason),
      [
        'hostname b.test does not take a.example.com',
        'hostname a.example.com of mine is more specific than *: its routes alone serve a.example.com',
      ],
    );
  });

  it('says under which other hosts the listener has routes', () => {
    const bound = binding(listener('l', '*', virtualHost('b.test', entry('r', null))));
    const [found] = explain(snapshot(bound), ASKED).places;
    assert.deepEqual(found?.otherHosts, [
      { host: 'b.test', routes: ['GRPCRoute/ns/r'], reason: 'hostname b.test does not take a.example.com' },
    ]);
  });

  it('assumes a host under which a rule takes the request when none is named', () => {
    const hosts = [virtualHost('x.test', entry('x', exact('s', 'm'))), virtualHost('*.y.test', entry('y', null))];
    const [found] = explain(snapshot(binding(listener('l', '*', ...hosts))), { ...ASKED, host: null }).places;
    assert.deepEqual([found?.host, found?.isHostAssumed], ['any.y.test', true]);
    assert.equal(found?.candidates[0]?.verdict, 'taken');
  });

  it('looks at the sockets of the gateway asked for only', () => {
    const all = snapshot(binding(listener('l', '*')));
    assert.equal(explain(all, { ...ASKED, gateway: 'ns/gw' }).places.length, 1);
    assert.equal(explain(all, { ...ASKED, gateway: 'ns/other' }).places.length, 0);
    assert.equal(explain(all, { ...ASKED, listener: 'other' }).places.length, 0);
  });
});

describe('the answer', () => {
  const answerOf = (change: Partial<Rule>, asked: Partial<Question> = {}) =>
    place([{ ...entry('r', null), rule: rule('r', change) }], asked);

  it('names the backends with their shares and endpoints', () => {
    const { answer, backends } = answerOf({ backends: [to('app/user:80', 9), to('app/none:80', 1)], totalWeight: 10 });
    assert.equal(
      answer.text,
      'forwarded to app/user:80 (90 %), an error (10 %): app/none:80: it has no ready endpoint',
    );
    assert.deepEqual(
      backends.map(({ share }) => share),
      [90, 10],
    );
    assert.deepEqual(backends[0]?.endpoints, [{ address: '10.0.0.1:8080', state: 'ready', name: 'user-1', note: '' }]);
  });

  it('is the fault of a rule or of its only backend', () => {
    const fault = { httpStatus: 500, grpcStatus: 14, message: 'no such Service', reason: 'no_backend' };
    assert.equal(answerOf({ fault }).answer.text, 'gRPC status 14 UNAVAILABLE: no such Service');
    const backend = { weight: 1, target: { kind: 'fault' as const, fault }, filters: [], session: null };
    assert.equal(
      answerOf({ backends: [backend], totalWeight: 1 }).answer.text,
      'gRPC status 14 UNAVAILABLE: no such Service',
    );
  });

  it('says when no endpoint is ready', () => {
    const { answer } = answerOf({ backends: [to('app/none:80', 1)], totalWeight: 1 });
    assert.equal(answer.text, 'gRPC status 14 UNAVAILABLE: no ready endpoint in app/none:80');
  });

  it('says what each share is told where all fail, by the status of the greatest', () => {
    const fault = { httpStatus: 500, grpcStatus: 13, message: 'no such Service', reason: 'no_backend' };
    const broken = { weight: 1, target: { kind: 'fault' as const, fault }, filters: [], session: null };
    const { answer } = answerOf({ backends: [broken, to('app/none:80', 3), broken], totalWeight: 5 });
    assert.equal(
      answer.text,
      '60 %: gRPC status 14 UNAVAILABLE: no ready endpoint in app/none:80; 40 %: gRPC status 13 INTERNAL: no such Service',
    );
    assert.deepEqual([answer.kind, answer.grpcStatus], ['refused', 14]);
  });

  it('is 404 for a request that is not gRPC', () => {
    const { answer, candidates } = answerOf({}, { protocol: 'http', method: 'GET', path: '/x' });
    assert.deepEqual(
      [answer.httpStatus, answer.text],
      [404, 'HTTP 404: no route matches GET /x on host a.example.com'],
    );
    assert.match(candidates[0]?.reason ?? '', /takes gRPC requests only/);
  });

  it('says that no listener takes the host', () => {
    const [found] = explain(snapshot(binding(listener('l', 'b.test'))), ASKED).places;
    assert.equal(found?.listener, null);
    assert.equal(
      found?.answer.text,
      'gRPC status 12 UNIMPLEMENTED: no listener takes host a.example.com (/com.example.User/Login)',
    );
  });

  it('lists the filters of the rule', () => {
    const change = { set: [{ name: 'a', value: '1' }], add: [], remove: ['b'] };
    const mirror = {
      kind: 'mirror',
      target: { cluster: 'app/m:80' },
      share: { numerator: 1, denominator: 3 },
    } as const;
    const { filters } = answerOf({ filters: [{ kind: 'request-headers', change }, mirror] });
    assert.deepEqual(filters, ['request headers: set a: 1, remove b', 'mirror 33.3 % to app/m:80']);
  });

  it('says who is asked first, and that nothing passes where nobody can be', () => {
    const auth = {
      kind: 'grpc',
      cluster: 'app/auth:9000',
      authority: 'auth',
      allowedHeaders: null,
      maxBodyBytes: 0,
    } as const;
    const asked = { kind: 'external-auth', auth } as const;
    const { filters, answer } = answerOf({ filters: [asked], backends: [to('app/user:80', 1)], totalWeight: 1 });
    assert.deepEqual(filters, ['external auth: app/auth:9000 is asked by gRPC; without its yes the request is denied']);
    assert.match(answer.text, /^forwarded to .*, if app\/auth:9000 says yes$/);
    const fault = { httpStatus: 500, grpcStatus: 14, message: 'cannot be resolved', reason: 'filter_unresolved' };
    const gated = (gate: RequestListener['filters']) => {
      const bound = binding({ ...listener('l', '*', virtualHost('*', entry('r', null))), filters: gate });
      return explain(snapshot(bound), { ...ASKED, protocol: 'http', method: 'GET', path: '/x' }).places[0];
    };
    assert.match(gated([asked])?.answer.text ?? '', /^HTTP 404: .*, if app\/auth:9000 says yes$/);
    const broken = gated([asked, { kind: 'fault', fault }]);
    assert.equal(broken?.answer.text, 'HTTP 500: cannot be resolved, if app/auth:9000 says yes');
    assert.deepEqual(broken.gate.at(-1), 'nothing passes: cannot be resolved');
  });

  it('says which requests are traced, and who is told', () => {
    const traced = (tracing: Tracing | null): string | undefined => {
      const bound = binding({ ...listener('l', '*', virtualHost('*', entry('r', null))), tracing });
      return explain(snapshot(bound), ASKED).places[0]?.tracing;
    };
    assert.equal(traced(null), '');
    const half = { numerator: 1, denominator: 2 };
    const none = { numerator: 0, denominator: 100 };
    assert.equal(
      traced(sampleTracing({ newTraces: half })),
      '50 % of new traces, all of those that senders record; spans go to collector by gRPC',
    );
    assert.equal(
      traced(sampleTracing({ newTraces: none, recordedTraces: null })),
      'none of requests, whatever their senders record; spans go to collector by gRPC',
    );
  });
});
