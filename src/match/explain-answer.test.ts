// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Filter, RouteEntry, Rule, WeightedBackend } from '../snapshot/index.ts';
import { explain } from './explain.ts';
import type { Question } from './explanation.ts';
import { binding, entry, listener, rule, virtualHost } from './snapshot-builders.test-support.ts';

const GET: Question = {
  protocol: 'http',
  method: 'GET',
  path: '/x',
  host: 'a.test',
  headers: {},
  client: null,
  clientNamespace: null,
  to: null,
  gateway: null,
  listener: null,
};
const PREFLIGHT: Question = {
  ...GET,
  method: 'OPTIONS',
  headers: { origin: 'https://b.test', 'access-control-request-method': 'PUT' },
};
const REDIRECT: Filter = {
  kind: 'redirect',
  redirect: { status: 302, scheme: 'https', hostname: null, port: null, path: null },
};
const CORS: Filter = {
  kind: 'cors',
  policy: { origins: 'any', credentials: false, methods: [], headers: [], exposed: [], maxAgeSeconds: 5 },
};
const FAULT = { httpStatus: 503, grpcStatus: 14, message: 'no backends', reason: 'no_backend' };

function guard(cluster: string): Filter {
  return {
    kind: 'external-auth',
    auth: { kind: 'grpc', cluster, authority: 'a', allowedHeaders: null, maxBodyBytes: 0 },
  };
}

function backend(...filters: readonly Filter[]): WeightedBackend {
  return { weight: 1, target: { kind: 'fault', fault: FAULT }, filters, session: null };
}

it('says that a request is refused which costs its patterns too much, and of which match', () => {
  const forks = entry('guard', null, { kind: 'regex', name: 'h', value: '(a|b)*a(a|b){500}' });
  const bound = binding(listener('l', '*', virtualHost('*', forks, entry('open', null))));
  const snapshot = {
    version: 1,
    bindings: [bound],
    clusters: [],
    endpoints: [],
    certificates: [],
    clients: [],
    trustBundles: [],
  };
  // A sequence that does not come again soon.
  const value = Array.from({ length: 2_048 }, (_, at) => (((at * at * 7_919) % 1_009) & 8 ? 'a' : 'b')).join('');
  const asked: Question = { ...GET, protocol: 'grpc', path: '/s/m', headers: { h: value } };
  const [place] = explain(snapshot, asked).places;
  assert.equal(place?.answer.kind, 'refused');
  assert.deepEqual([place.answer.httpStatus, place.answer.grpcStatus], [200, 8]);
  assert.match(place.answer.text, /which rule takes \/s\/m on host a\.test is not known/);
  assert.deepEqual(
    place.candidates.map(({ verdict }) => verdict),
    ['refused', 'shadowed'],
  );
  assert.match(place.candidates[0]?.reason ?? '', /longer than a request may/);
});

/** The answer of a rule to a question, in words. */
function said(changes: Partial<Rule>, question: Question = GET): string | undefined {
  const match = {
    kind: 'http',
    path: { kind: 'prefix', value: '/' },
    method: null,
    headers: [],
    queryParams: [],
  } as const;
  const entry: RouteEntry = { match, rule: rule('r', changes), matchIndex: 0 };
  const bindings = [binding(listener('l', '*', virtualHost('*', entry)))];
  return explain(
    { version: 1, bindings, clusters: [], endpoints: [], certificates: [], trustBundles: [], clients: [] },
    question,
  ).places[0]?.answer.text;
}

describe('the servers that an answer depends on', () => {
  it('are those before the filter that answers', () => {
    const filters = [guard('x'), REDIRECT, guard('y')];
    assert.equal(said({ filters }), 'HTTP 302: see https://a.test/x, if x says yes');
    assert.match(said({ filters: [guard('x'), CORS], backends: [backend()] }, PREFLIGHT) ?? '', /^HTTP 204: .*, if x/);
    assert.match(said({ filters: [CORS, guard('x')], backends: [backend()] }, PREFLIGHT) ?? '', /^HTTP 204: [^,]*$/);
  });

  it('are asked also where nothing would be forwarded', () => {
    assert.equal(said({ filters: [guard('x')], fault: FAULT }), 'HTTP 503: no backends, if x says yes');
    assert.equal(said({ filters: [guard('x')], backends: [backend()] }), 'HTTP 503: no backends, if x says yes');
    assert.match(said({ filters: [CORS], fault: FAULT }, PREFLIGHT) ?? '', /^HTTP 204: /);
  });

  it('are those of all backends', () => {
    const both = backend(guard('y'), guard('z'));
    assert.match(said({ filters: [guard('x')], backends: [both] }) ?? '', /, if x and y and z say yes$/);
    assert.match(said({ filters: [guard('x')], backends: [both, backend(guard('z'))] }) ?? '', /, if x and z say yes$/);
  });
});
