// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Binding,
  type GrpcMatch,
  type HeaderMatch,
  type HttpMatch,
  type RequestListener,
  type RouteEntry,
  requestListeners,
  type Snapshot,
} from '../../snapshot/index.ts';
import { compareHostnames } from '../../values/index.ts';
import { compileBinding } from '../compiled-binding.ts';
import { explain } from '../explain.ts';
import type { Question } from '../explanation.ts';
import { splitGrpcPath } from '../grpc/grpc-path.ts';
import { narrowBinding } from '../narrow-binding.ts';
import { oracleListener } from '../oracle.test-support.ts';
import type { RequestView } from '../request-view.ts';
import { binding, listener, rule, virtualHost } from '../snapshot-builders.test-support.ts';
import { type HttpOracleRequest, oracleHttpEntry } from './http-oracle.test-support.ts';

/** Few words, so that what is generated collides. */
const HOSTS = ['a', 'a.b', 'a.a.b'];
const PATTERNS = [...HOSTS, '*.b', '*'];
const ELEMENTS = ['s', 'm', 'sm', ''];
const VERBS = ['GET', 'POST', 'get'];
const VALUES = ['1', '2', 'a b', '%'];

const value: fc.Arbitrary<Pick<HeaderMatch, 'kind' | 'value'>> = fc.oneof(
  fc.record({ kind: fc.constant('exact' as const), value: fc.constantFrom(...VALUES) }),
  fc.record({ kind: fc.constant('regex' as const), value: fc.constantFrom('[12]', '.+ .+', '.') }),
);
const named = fc.uniqueArray(
  fc.tuple(fc.constantFrom('x', 'y'), value).map(([name, rest]): HeaderMatch => ({ name, ...rest })),
  { maxLength: 2, selector: ({ name }) => name },
);
const path: fc.Arbitrary<HttpMatch['path']> = fc.oneof(
  fc
    .array(fc.constantFrom('s', 'm', 'sm'), { maxLength: 3 })
    .chain(all =>
      fc.constantFrom('exact' as const, 'prefix' as const).map(kind => ({ kind, value: `/${all.join('/')}` })),
    ),
  fc.constantFrom('/s.*', '/[sm]/m', '.*').map(pattern => ({ kind: 'regex' as const, value: pattern })),
);
const http: fc.Arbitrary<HttpMatch> = fc.record({
  kind: fc.constant('http' as const),
  path,
  method: fc.constantFrom(null, null, ...VERBS),
  headers: named,
  queryParams: named,
});
const grpc: fc.Arbitrary<GrpcMatch> = fc.record({
  kind: fc.constant('grpc' as const),
  method: fc.constantFrom(null, { kind: 'exact' as const, service: 's', method: 'm' }),
  headers: named,
});
/** Many on one path, told apart by headers. */
const crowd = fc.array(
  fc.record({
    kind: fc.constant('http' as const),
    path: fc.constant({ kind: 'exact' as const, value: '/s' }),
    method: fc.constant(null),
    headers: named,
    queryParams: fc.constant([]),
  }),
  { minLength: 9, maxLength: 16 },
);

let ruleCount = 0;
const entries: fc.Arbitrary<RouteEntry[]> = fc
  .oneof(fc.array(fc.oneof({ weight: 4, arbitrary: http }, { weight: 1, arbitrary: grpc }), { maxLength: 12 }), crowd)
  .map(matches => matches.map(match => ({ match, rule: rule(`rule-${ruleCount++}`), matchIndex: 0 })));
const bindings: fc.Arbitrary<Binding> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...PATTERNS), entries), { maxLength: 3, selector: ([pattern]) => pattern })
  .map(hosts => {
    const all = hosts.map(([pattern, own]) => virtualHost(pattern, ...own));
    return binding(listener('l', '*', ...all.sort((a, b) => compareHostnames(a.hostname, b.hostname))));
  });
const requests: fc.Arbitrary<HttpOracleRequest> = fc.record({
  host: fc.constantFrom(...HOSTS),
  isGrpc: fc.boolean(),
  method: fc.constantFrom(...VERBS),
  // As rules see them, normalised: only the last may be empty.
  elements: fc
    .array(fc.constantFrom(...ELEMENTS), { minLength: 1, maxLength: 4 })
    .map(all => all.filter((element, at) => element !== '' || at === all.length - 1)),
  query: fc.array(fc.tuple(fc.constantFrom('x', 'y', 'X'), fc.constantFrom(...VALUES, '')), { maxLength: 3 }),
  headers: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom(...VALUES), { maxKeys: 2 }),
});

function targetOf({ elements, query }: HttpOracleRequest): string {
  const params = query.map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
  return `/${elements.join('/')}${params.length === 0 ? '' : `?${params.join('&')}`}`;
}

function viewOf(asked: HttpOracleRequest): RequestView {
  const { method, isGrpc, headers } = asked;
  const path = targetOf(asked);
  return { method, isGrpc, called: isGrpc ? splitGrpcPath(path) : null, path, header: name => headers[name] };
}

function questionOf(asked: HttpOracleRequest): Question {
  const { host, method, isGrpc, headers } = asked;
  const protocol = isGrpc ? 'grpc' : 'http';
  return {
    protocol,
    method,
    path: targetOf(asked),
    host,
    headers,
    client: null,
    clientNamespace: null,
    to: null,
    gateway: null,
    listener: null,
  };
}

describe('matching HTTP requests', () => {
  it('answers as the specification says', () => {
    const property = fc.property(bindings, fc.array(requests, { minLength: 5, maxLength: 5 }), (bound, asked) => {
      const compiled = compileBinding(bound);
      for (const one of asked) {
        const owner = oracleListener(bound, one);
        assert.ok(owner !== undefined);
        assert.equal(compiled.listenerFor(one.host)?.match(one.host, viewOf(one)), oracleHttpEntry(owner, one));
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('answers alike when only what may take the path is left', () => {
    const property = fc.property(bindings, requests, (bound, asked) => {
      const view = viewOf(asked);
      const whole = compileBinding(bound).listenerFor(asked.host)?.match(asked.host, view);
      const narrow = compileBinding(narrowBinding(bound, view.path)).listenerFor(asked.host)?.match(asked.host, view);
      assert.equal(narrow, whole);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('answers alike when it was compiled from what was there before', () => {
    const property = fc.property(bindings, bindings, requests, (before, next, asked) => {
      const compiled = compileBinding(next, { previous: compileBinding(before) });
      const fresh = compileBinding(next);
      const view = viewOf(asked);
      assert.equal(
        compiled.listenerFor(asked.host)?.match(asked.host, view),
        fresh.listenerFor(asked.host)?.match(asked.host, view),
      );
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('is explained as it is done: no candidate is refused that would take the request, and none else is not', () => {
    const property = fc.property(bindings, requests, (bound, asked) => {
      const [owner] = requestListeners(bound.listeners);
      assert.ok(owner !== undefined);
      const winner = oracleHttpEntry(owner, asked);
      const snapshot: Snapshot = {
        version: 1,
        bindings: [bound],
        clusters: [],
        endpoints: [],
        certificates: [],
        trustBundles: [],
        clients: [],
      };
      const candidates = explain(snapshot, questionOf(asked)).places[0]?.candidates ?? [];
      assert.equal(
        candidates.find(({ verdict }) => verdict === 'taken')?.route.split('/')[2],
        winner?.rule.origin.name,
      );
      const all = owner.virtualHosts.flatMap(host => host.entries);
      for (const { route, verdict, reason } of candidates) {
        const own = all.find(({ rule: { id } }) => route.endsWith(`/${id}`));
        const alone: RequestListener = { ...owner, virtualHosts: own === undefined ? [] : [virtualHost('*', own)] };
        assert.equal(verdict !== 'refused', oracleHttpEntry(alone, asked) !== undefined, reason);
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe('an index of HTTP matches', () => {
  it('looks at no more entries when there are more routes', () => {
    const headers: readonly HeaderMatch[] = [{ kind: 'exact', name: 'x', value: '1' }];
    const looks = (count: number): number => {
      const prefixes = Array.from({ length: count }, (_, at) =>
        entryFor({ kind: 'prefix', value: `/s${at}/m` }, headers),
      );
      const exact = Array.from({ length: count }, (_, at) => entryFor({ kind: 'exact', value: `/s${at}/x` }, headers));
      const compiled = compileBinding(binding(listener('l', '*', virtualHost('*', ...exact, ...prefixes))));
      let calls = 0;
      const header = (): string => {
        calls++;
        return '1';
      };
      for (const target of ['/s1/m/z', '/s2/x', '/s3/z'])
        compiled.listenerFor('a')?.match('a', { method: 'GET', isGrpc: false, called: null, path: target, header });
      return calls;
    };
    assert.equal(looks(5_000), looks(10));
  });

  it('tries no more patterns when there are more in other folders', () => {
    const headers: readonly HeaderMatch[] = [{ kind: 'exact', name: 'x', value: '1' }];
    const looks = (count: number): number => {
      const entries = Array.from({ length: count }, (_, at) =>
        entryFor({ kind: 'regex', value: `/s${at}/[a-z]+` }, headers),
      );
      const compiled = compileBinding(binding(listener('l', '*', virtualHost('*', ...entries))));
      let calls = 0;
      const header = (): string => {
        calls++;
        return '2';
      };
      for (const target of ['/s1/m', '/s2/x', '/s3'])
        compiled.listenerFor('a')?.match('a', { method: 'GET', isGrpc: false, called: null, path: target, header });
      return calls;
    };
    assert.deepEqual([looks(1_000), looks(10)], [2, 2]);
  });

  it('takes /a, /a/ and /a/b for the prefix /a, and no path that only begins alike', () => {
    const compiled = compileBinding(
      binding(listener('l', '*', virtualHost('*', entryFor({ kind: 'prefix', value: '/a' }, [])))),
    );
    const takes = (target: string) =>
      compiled
        .listenerFor('a')
        ?.match('a', { method: 'GET', isGrpc: false, called: null, path: target, header: () => undefined }) !==
      undefined;
    assert.deepEqual(['/a', '/a/', '/a/b', '/a?q', '/ab', '/', '*', 'a:80'].map(takes), [
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

function entryFor(own: HttpMatch['path'], headers: readonly HeaderMatch[]): RouteEntry {
  const match: HttpMatch = { kind: 'http', path: own, method: null, headers, queryParams: [] };
  return { match, rule: rule(own.value), matchIndex: 0 };
}
