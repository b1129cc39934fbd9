// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionPersistence } from '../../snapshot/index.ts';
import { HeaderList } from '../../wire/index.ts';
import { HeaderRewriter, readSession, seededRandom, sessionField, WeightedChoice } from './index.ts';

describe('header changes', () => {
  const change = {
    set: [{ name: 'a', value: 'new' }],
    add: [
      { name: 'b', value: '2' },
      { name: 'c', value: '3' },
    ],
    remove: ['d'],
  };

  it('sets, adds and removes, in this order', () => {
    const fields = { names: ['a', 'b', 'a', 'd'], values: ['1', '1', '1', '1'] };
    new HeaderRewriter([change]).rewrite(fields);
    assert.deepEqual(fields, { names: ['b', 'a', 'c'], values: ['1,2', 'new', '3'] });
  });

  it('changes per-request fields apart from the others', () => {
    const rewriter = new HeaderRewriter([
      { set: [{ name: 'x-request-id', value: 'fixed' }], add: [], remove: ['traceparent'] },
    ]);
    assert.equal(rewriter.touchesVolatile, true);
    assert.deepEqual(rewriter.rewriteVolatile(['traceparent', 't', 'x-request-id', 'r', 'grpc-timeout', '1S']), [
      'grpc-timeout',
      '1S',
      'x-request-id',
      'fixed',
    ]);
    assert.equal(new HeaderRewriter([change]).touchesVolatile, false);
  });
});

describe('weighted choice', () => {
  it('gives each backend its share, however large the weights', () => {
    const choice = new WeightedChoice([900_000, 100_000, 1]);
    const random = seededRandom(7);
    const counts = [0, 0, 0];
    for (let i = 0; i < 100_000; i++) {
      const picked = choice.pick(random);
      counts[picked] = (counts[picked] ?? 0) + 1;
    }
    const share = (counts[0] ?? 0) / counts.reduce((sum, count) => sum + count, 0);
    assert.ok(Math.abs(share - 0.9) < 0.005, `share ${share}`);
  });

  it('is exact at the borders', () => {
    const choice = new WeightedChoice([1, 3]);
    assert.equal(
      choice.pick(() => 0),
      0,
    );
    assert.equal(
      choice.pick(() => 0.2499),
      0,
    );
    assert.equal(
      choice.pick(() => 0.25),
      1,
    );
    assert.equal(
      choice.pick(() => 1 - Number.EPSILON),
      1,
    );
  });
});

describe('session persistence', () => {
  const cookie: SessionPersistence = {
    kind: 'cookie',
    sessionName: 's',
    absoluteTimeoutMs: 1_000,
    lifetime: 'permanent',
  };

  it('reads back the endpoint that it wrote, from a cookie among others', () => {
    const [name, value] = sessionField(cookie, { endpoint: '10.0.0.1:80', startedAtMs: 5_000 }, 5_400);
    assert.equal(name, 'set-cookie');
    assert.match(value, /; Path=\/; HttpOnly; Max-Age=1$/);
    const pair = value.split(';')[0] ?? '';
    const head = new HeaderList(['cookie'], [`other=1; ${pair}`]);
    assert.deepEqual(readSession(cookie, head, 5_500), { endpoint: '10.0.0.1:80', startedAtMs: 5_000 });
    assert.equal(readSession(cookie, head, 6_000), null);
  });

  it('uses a header when asked to, and ignores what is not a token', () => {
    const policy: SessionPersistence = {
      kind: 'header',
      sessionName: 'x-s',
      absoluteTimeoutMs: null,
      lifetime: 'session',
    };
    const [name, value] = sessionField(policy, { endpoint: '[::1]:80', startedAtMs: 1 }, 1);
    assert.equal(name, 'x-s');
    assert.equal(readSession(policy, new HeaderList([name], [value]), 2)?.endpoint, '[::1]:80');
    assert.equal(readSession(policy, new HeaderList(['x-s'], ['nonsense']), 2), null);
    assert.equal(readSession(policy, new HeaderList([], []), 2), null);
  });
});
