// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionPersistence } from '../../snapshot/index.ts';
import { HeaderList } from '../../wire/index.ts';
import { ringKey } from '../key-ring.ts';
import { macKey } from './session-key.ts';
import { RuleSession } from './session-persistence.ts';

const COOKIE: SessionPersistence = {
  kind: 'cookie',
  sessionName: 's',
  absoluteTimeoutMs: 1_000,
  lifetime: 'permanent',
  path: '/',
};
const HEADER: SessionPersistence = { kind: 'header', sessionName: 'x-s', absoluteTimeoutMs: null };
const PLACE = { backend: 7, endpoint: '10.0.0.1:80', isSecure: false };
const keys = [macKey(ringKey(Buffer.alloc(32, 1), 0))];
const NOW = 1_800_000_000_000;
const at = (nowMs: number) => ({ keys, nowMs });
const cookies = (...values: readonly string[]) =>
  new HeaderList(
    values.map(() => 'cookie'),
    values,
  );

describe('session persistence', () => {
  it('reads back the endpoint that it wrote, from a cookie among others', () => {
    const session = new RuleSession('r', COOKIE);
    const [name, value] = session.write(null, PLACE, at(NOW)) ?? [];
    assert.equal(name, 'set-cookie');
    assert.match(value ?? '', /; Path=\/; HttpOnly; Max-Age=1$/);
    const pair = value?.split(';')[0] ?? '';
    for (const head of [cookies(`other=1; ${pair}`), cookies('other=1', `${pair};x=y`), cookies(`xs=1;\t${pair}`)]) {
      const token = session.read(head, null, at(NOW + 500));
      assert.deepEqual([token?.endpoint, token?.backend, token?.startedAtMs], ['10.0.0.1:80', 7, NOW]);
      assert.equal(session.read(head, null, at(NOW + 1_000)), null, 'past the absolute timeout');
    }
    for (const head of [cookies(`x${pair}`), cookies(`a=b ${pair}`), cookies(`a=${pair}`), cookies('')]) {
      assert.equal(session.read(head, null, at(NOW)), null);
    }
  });

  it('marks the cookie Secure for clients that came by TLS', () => {
    const session = new RuleSession('r', { ...COOKIE, lifetime: 'session' });
    assert.match(session.write(null, { ...PLACE, isSecure: true }, at(NOW))?.[1] ?? '', /; Path=\/; HttpOnly; Secure$/);
    assert.match(session.write(null, PLACE, at(NOW))?.[1] ?? '', /; Path=\/; HttpOnly$/);
  });

  it('gives the cookie the path of the policy', () => {
    const session = new RuleSession('r', { ...COOKIE, lifetime: 'session', path: '/shop' });
    assert.match(session.write(null, PLACE, at(NOW))?.[1] ?? '', /; Path=\/shop; HttpOnly$/);
  });

  it('uses a header when asked to, also one that differs with each request', () => {
    for (const sessionName of ['x-s', 'x-request-id']) {
      const session = new RuleSession('r', { ...HEADER, sessionName });
      const [name = '', value = ''] = session.write(null, PLACE, at(NOW)) ?? [];
      assert.equal(name, sessionName);
      const none = new HeaderList([], []);
      assert.equal(session.read(new HeaderList([name], [value]), null, at(NOW))?.endpoint, PLACE.endpoint);
      assert.equal(session.read(none, ['traceparent', name, name, value], at(NOW))?.endpoint, PLACE.endpoint);
      assert.equal(session.read(none, null, at(NOW)), null);
    }
  });

  it('takes no token of another rule, name or kind', () => {
    const value = new RuleSession('r', HEADER).write(null, PLACE, at(NOW))?.[1] ?? '';
    const head = new HeaderList(['x-s', 'x-t', 'cookie'], [value, value, `x-s=${value}`]);
    for (const [id, policy] of [
      ['q', HEADER],
      ['r', { ...HEADER, sessionName: 'x-t' }],
      ['r', { ...COOKIE, sessionName: 'x-s' }],
    ] as const) {
      assert.equal(new RuleSession(id, policy).read(head, null, at(NOW)), null);
    }
    assert.notEqual(new RuleSession('r', HEADER).read(head, null, at(NOW)), null);
  });

  it('writes a new token when the endpoint moved or the old one is a day old, and the session goes on from its beginning', () => {
    const session = new RuleSession('r', HEADER);
    const read = (field: readonly [string, string] | null, nowMs: number) =>
      session.read(new HeaderList(['x-s'], [field?.[1] ?? '']), null, at(nowMs));
    const first = read(session.write(null, PLACE, at(NOW)), NOW);
    assert.equal(session.write(first, PLACE, at(NOW + 1)), null);
    const moved = read(session.write(first, { ...PLACE, endpoint: '10.0.0.2:80' }, at(NOW + 1)), NOW + 1);
    assert.deepEqual([moved?.endpoint, moved?.startedAtMs], ['10.0.0.2:80', NOW]);
    const renewed = read(session.write(first, PLACE, at(NOW + 86_400_000)), NOW + 86_400_000);
    assert.deepEqual([renewed?.startedAtMs, renewed?.issuedAtMs], [NOW, NOW + 86_400_000]);
  });

  it('is off without a key', () => {
    assert.equal(new RuleSession('r', HEADER).write(null, PLACE, { keys: [], nowMs: NOW }), null);
  });
});
