// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Binding,
  type GrpcMethodMatch,
  type HeaderMatch,
  type RouteEntry,
  requestListeners,
  type Snapshot,
  type VirtualHost,
} from '../snapshot/index.ts';
import { compareHostnames } from '../values/index.ts';
import { compileBinding } from './compiled-binding.ts';
import { explain } from './explain.ts';
import type { Question } from './explanation.ts';
import { narrowBinding } from './narrow-binding.ts';
import { type OracleRequest, oracleEntry, oracleListener } from './oracle.test-support.ts';
import { binding, listener, request, rule, virtualHost } from './snapshot-builders.test-support.ts';

/** Few words, so that what is generated collides. */
const HOSTS = ['a', 'b', 'a.b', 'b.b', 'a.a.b', 'b.a.b'];
const PATTERNS = [...HOSTS, '*.b', '*.a.b', '*.a', '*'];
const SERVICES = ['s', 'p.s', 't'];
const METHODS = ['m', 'n'];
/** No names of services or methods: no rule may take them. */
const ODD = ['', '.', '..', 's?', 'm#', '%6d', 'm;a', 's/m', '\\m', 'm\x7f', '\xe9'];
const VALUES = ['1', '2', '1, 2'];

const nullable = (words: readonly string[]) => fc.constantFrom(null, ...words);
const exactMethod = fc.record({
  kind: fc.constant('exact' as const),
  service: nullable(SERVICES),
  method: nullable(METHODS),
});
const regexMethod = fc.record({
  kind: fc.constant('regex' as const),
  service: nullable(['s|t', '.*s', 'p.s']),
  method: nullable(['[mn]', 'm+', 'x']),
});
const method: fc.Arbitrary<GrpcMethodMatch | null> = fc.oneof(
  { weight: 3, arbitrary: exactMethod },
  { weight: 1, arbitrary: regexMethod },
  { weight: 1, arbitrary: fc.constant(null) },
);
const header: fc.Arbitrary<HeaderMatch> = fc.oneof(
  fc.record({
    kind: fc.constant('exact' as const),
    name: fc.constantFrom('x', 'y'),
    value: fc.constantFrom(...VALUES),
  }),
  fc.record({
    kind: fc.constant('regex' as const),
    name: fc.constantFrom('x', 'y'),
    value: fc.constantFrom('[12]', '1.*', '1'),
  }),
);
const headers = fc.uniqueArray(header, { maxLength: 2, selector: ({ name }) => name });

let ruleCount = 0;
function toEntry(match: { method: GrpcMethodMatch | null; headers: HeaderMatch[] }): RouteEntry {
  return { match: { kind: 'grpc', ...match }, rule: rule(`rule-${ruleCount++}`), matchIndex: 0 };
}
const entry: fc.Arbitrary<RouteEntry> = fc.record({ method, headers }).map(toEntry);
/** Many on one method, told apart by headers. */
const crowd = fc.array(
  fc.record({ method: fc.constant({ kind: 'exact' as const, service: 's', method: 'm' }), headers }),
  {
    minLength: 9,
    maxLength: 16,
  },
);
const entries: fc.Arbitrary<RouteEntry[]> = fc.oneof(
  fc.array(entry, { maxLength: 15 }),
  crowd.map(all => all.map(toEntry)),
);
const virtualHosts: fc.Arbitrary<VirtualHost[]> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...PATTERNS), entries), {
    maxLength: 4,
    selector: ([pattern]) => pattern,
  })
  .map(hosts => hosts.map(([pattern, all]) => virtualHost(pattern, ...all)).sort(byHostname));
const bindings: fc.Arbitrary<Binding> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...PATTERNS), virtualHosts), {
    minLength: 1,
    maxLength: 3,
    selector: ([pattern]) => pattern,
  })
  .map(all => binding(...all.map(([pattern, hosts]) => listener(pattern, pattern, ...hosts)).sort(byHostname)));
const requests: fc.Arbitrary<OracleRequest> = fc.record({
  host: fc.constantFrom(...HOSTS, 'c'),
  service: fc.constantFrom(...SERVICES, 'u', ...ODD),
  method: fc.constantFrom(...METHODS, ...ODD),
  headers: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom(...VALUES, '3'), { maxKeys: 2 }),
});

function byHostname(a: { readonly hostname: string }, b: { readonly hostname: string }): number {
  return compareHostnames(a.hostname, b.hostname);
}

function answerOf(compiled: ReturnType<typeof compileBinding>, asked: OracleRequest) {
  const found = compiled.listenerFor(asked.host);
  const view = request(`/${asked.service}/${asked.method}`, asked.headers);
  return { listener: found?.listener, entry: found?.match(asked.host, view) };
}

function oracleAnswer(bound: Binding, asked: OracleRequest) {
  const found = oracleListener(bound, asked);
  return { listener: found, entry: found === undefined ? undefined : oracleEntry(found, asked) };
}

function assertSame(bound: Binding, compiled: ReturnType<typeof compileBinding>, asked: OracleRequest): void {
  const got = answerOf(compiled, asked);
  const wanted = oracleAnswer(bound, asked);
  assert.equal(got.listener, wanted.listener, 'listener');
  assert.equal(got.entry, wanted.entry, 'entry');
}

describe('matching', () => {
  it('answers as the specification says', () => {
    const property = fc.property(bindings, fc.array(requests, { minLength: 5, maxLength: 5 }), (bound, asked) => {
      const compiled = compileBinding(bound);
      for (const one of asked) assertSame(bound, compiled, one);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('answers alike when only what may take the path is left', () => {
    const property = fc.property(bindings, requests, (bound, asked) => {
      const narrow = narrowBinding(bound, `/${asked.service}/${asked.method}`);
      assert.equal(answerOf(compileBinding(narrow), asked).entry, answerOf(compileBinding(bound), asked).entry);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('answers alike when it was compiled from what was there before', () => {
    const property = fc.property(bindings, bindings, fc.nat(), requests, (before, fresh, pick, asked) => {
      const previous = compileBinding(before);
      for (const next of [fresh, withNewRules(before), dropSome(before, pick)]) {
        assertSame(next, compileBinding(next, { previous }), asked);
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('is explained as it is done', () => {
    fc.assert(fc.property(bindings, requests, assertExplained), { numRuns: 2000 });
  });
});

/** The same matches with other rules: what a change of a weight makes. */
function withNewRules(bound: Binding): Binding {
  const changed = requestListeners(bound.listeners).map(old => {
    const hosts = old.virtualHosts.map(({ hostname, entries }) =>
      virtualHost(hostname, ...entries.map((one, at) => (at % 2 === 0 ? { ...one, rule: rule(`new-${at}`) } : one))),
    );
    return { ...old, virtualHosts: hosts };
  });
  return binding(...changed);
}

function dropSome(bound: Binding, pick: number): Binding {
  const changed = requestListeners(bound.listeners).map(old => {
    const hosts = old.virtualHosts.map(({ hostname, entries }) =>
      virtualHost(hostname, ...entries.filter((_, at) => at !== pick % (entries.length + 1)).reverse()),
    );
    return { ...old, virtualHosts: hosts };
  });
  return binding(...changed);
}

/** The explanation's winner is the oracle's, what stands before it was refused, and no refusal is wrong. */
function assertExplained(bound: Binding, asked: OracleRequest): void {
  const { listener: owner, entry: winner } = oracleAnswer(bound, asked);
  const [place] = explain(snapshotOf(bound), questionOf(asked)).places;
  assert.equal(place?.listener?.id, owner?.id);
  assert.equal(place?.otherListeners.length, bound.listeners.length - (owner === undefined ? 0 : 1));
  const verdicts = place?.candidates.map(({ verdict }) => verdict) ?? [];
  const taken = verdicts.indexOf('taken');
  assert.equal(place?.candidates[taken]?.route.split('/')[2], winner?.rule.origin.name);
  assert.ok(verdicts.every((verdict, at) => verdict === 'refused' || (taken >= 0 && at >= taken)));
  const hosts = owner === undefined ? [] : owner.virtualHosts;
  for (const candidate of place?.candidates ?? []) {
    const own = hosts.flatMap(({ entries }) => entries).find(one => candidate.route.endsWith(`/${one.rule.id}`));
    const alone =
      owner === undefined || own === undefined ? undefined : { ...owner, virtualHosts: [virtualHost('*', own)] };
    const wouldTake = alone !== undefined && oracleEntry(alone, asked) !== undefined;
    assert.equal(candidate.verdict !== 'refused', wouldTake, candidate.reason);
  }
}

function snapshotOf(bound: Binding): Snapshot {
  return {
    version: 1,
    bindings: [bound],
    clusters: [],
    endpoints: [],
    certificates: [],
    trustBundles: [],
    clients: [],
  };
}

function questionOf({ host, service, method: name, headers: fields }: OracleRequest): Question {
  const path = `/${service}/${name}`;
  return {
    protocol: 'grpc',
    method: 'POST',
    path,
    host,
    headers: fields,
    client: null,
    clientNamespace: null,
    to: null,
    gateway: null,
    listener: null,
  };
}
