// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ringKey } from '../key-ring.ts';
import { macKey } from './session-key.ts';
import { isRenewalDue, readToken, SESSION_IDLE_MS, writeToken } from './session-token.ts';

const NOW = 1_800_000_000_000;
const [ONE, TWO, FOREIGN] = [1, 2, 3].map(byte => macKey(ringKey(Buffer.alloc(32, byte), 0)));
assert.ok(ONE && TWO && FOREIGN);
const TOKEN = { backend: 0xfedcba98, endpoint: '[2001:db8::1]:50051', startedAtMs: NOW - 5, issuedAtMs: NOW };
const read = (text: string, { keys = [ONE], purpose = 'p', nowMs = NOW } = {}) =>
  readToken(text, purpose, { keys, nowMs });

describe('a session token', () => {
  const text = writeToken(TOKEN, 'p', [ONE]);

  it('says what was written', () => {
    assert.deepEqual(read(text), TOKEN);
    assert.match(text, /^[A-Za-z0-9_-]{80,160}$/);
  });

  it('is none when any bit of it was changed', () => {
    const bytes = Buffer.from(text, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(read(changed.toString('base64url')), null, `bit ${bit}`);
    }
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(read(bytes.subarray(0, length).toString('base64url')), null, `${length} bytes`);
    }
  });

  it('is none when it was not made by us: without a key, with another one, in the form of old', () => {
    assert.equal(read(writeToken(TOKEN, 'p', [FOREIGN])), null);
    assert.equal(read(text, { keys: [] }), null);
    assert.equal(read(Buffer.from(`127.0.0.1:80|${NOW.toString(36)}`).toString('base64url')), null);
    for (const junk of ['', 'nonsense', 'A'.repeat(100), 'A'.repeat(100_000), '\xff'.repeat(90)])
      assert.equal(read(junk), null);
    assert.equal(read(text + 'A'.repeat(257 - text.length)), null, 'too long');
  });

  it('is none for another purpose', () => {
    assert.equal(read(text, { purpose: 'q' }), null);
    assert.equal(read(text, { purpose: '' }), null);
  });

  it('is read with any key of the ring', () => {
    assert.deepEqual(read(text, { keys: [TWO, ONE] }), TOKEN);
    assert.deepEqual(read(writeToken(TOKEN, 'p', [TWO, ONE]), { keys: [ONE, TWO] }), TOKEN);
    assert.equal(read(text, { keys: [TWO] }), null);
  });

  it('is none when it comes from the future, but for what clocks differ', () => {
    assert.deepEqual(read(text, { nowMs: NOW - 60_000 }), TOKEN);
    assert.equal(read(text, { nowMs: NOW - 60_001 }), null);
    assert.equal(read(writeToken({ ...TOKEN, startedAtMs: NOW + 1 }, 'p', [ONE])), null, 'began after it was issued');
  });

  it('is none when it was not used for a week, and is renewed when it is a day old', () => {
    assert.deepEqual(read(text, { nowMs: NOW + SESSION_IDLE_MS - 1 }), TOKEN);
    assert.equal(read(text, { nowMs: NOW + SESSION_IDLE_MS }), null);
    assert.equal(isRenewalDue(TOKEN, NOW + 86_399_999), false);
    assert.equal(isRenewalDue(TOKEN, NOW + 86_400_000), true);
  });
});
