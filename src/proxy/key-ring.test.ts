// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SESSION_IDLE_MS, type SessionKey } from './filters/index.ts';
import {
  type KeyPace,
  KeyRing,
  type KeyStore,
  MAX_RING_KEYS,
  ringKey,
  rotateKeys,
  SESSION_KEY_PACE,
  signingFirst,
  TICKET_KEY_PACE,
} from './key-ring.ts';
import { VirtualClock } from './virtual-clock.test-support.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_800_000_000_000;

class MemoryStore implements KeyStore {
  keys: readonly SessionKey[] = [];
  saved = 0;
  isWritable = true;
  load(): readonly SessionKey[] {
    return this.keys;
  }
  save(keys: readonly SessionKey[]): void {
    if (!this.isWritable) throw new Error('read-only');
    this.saved++;
    this.keys = keys;
  }
}

/** A ring on a clock that starts at `NOW`. */
function ring(store: KeyStore | null, pace: KeyPace = SESSION_KEY_PACE) {
  const clock = new VirtualClock(NOW);
  const published: (readonly SessionKey[])[] = [];
  const warned: string[] = [];
  const keyring = new KeyRing({
    pace,
    store,
    clock,
    log: { info: () => {}, warn: message => void warned.push(message), error: () => {} },
    publish: keys => void published.push(keys),
  });
  return { clock, published, warned, keyring, last: () => published.at(-1) ?? [] };
}

describe('the ring of session keys', () => {
  it('accepts an old key as long as a token of it may be in use', () => {
    const store = new MemoryStore();
    const { clock, keyring, last } = ring(store);
    keyring.start();
    const first = last()[0];
    let signedMs = 0;
    let gone = 0;
    for (let hour = 1; hour <= 24 * 40 && gone === 0; hour++) {
      clock.advance(HOUR);
      if (last()[0] === first) signedMs = hour * HOUR;
      if (!last().includes(first as SessionKey)) gone = hour * HOUR;
    }
    assert.ok(signedMs >= 5 * DAY && signedMs < 6 * DAY, `signed for ${signedMs / DAY} days`);
    assert.ok(
      gone >= signedMs + SESSION_IDLE_MS && gone < signedMs + SESSION_IDLE_MS + DAY,
      `gone after ${gone / DAY} days`,
    );
    assert.ok(store.keys.length <= 4);
    keyring.close();
  });

  it('signs with a new key only after every process has read it', () => {
    const old = ringKey(Buffer.alloc(32, 1), NOW - 5 * DAY);
    const keys = rotateKeys(SESSION_KEY_PACE, [old], NOW);
    assert.equal(keys.length, 2);
    assert.equal(signingFirst(SESSION_KEY_PACE, keys, NOW)[0], old);
    assert.equal(signingFirst(SESSION_KEY_PACE, keys, NOW + 2 * HOUR - 1)[0], old);
    assert.equal(signingFirst(SESSION_KEY_PACE, keys, NOW + 2 * HOUR)[0], keys[0]);
    assert.equal(signingFirst(SESSION_KEY_PACE, keys, NOW + 2 * HOUR).length, 2);
  });

  it('is the same for two processes, whichever rotates', () => {
    const store = new MemoryStore();
    const [one, two] = [ring(store), ring(store)];
    one.keyring.start();
    two.keyring.start();
    for (let hour = 0; hour < 24 * 20; hour++) {
      one.clock.advance(HOUR);
      const signer = one.last()[0] as SessionKey;
      assert.ok(two.last().includes(signer), `hour ${hour}: the other one reads what this one signs`);
      two.clock.advance(HOUR);
      assert.ok(one.last().includes(two.last()[0] as SessionKey), `hour ${hour}`);
    }
    one.keyring.close();
    two.keyring.close();
  });

  it('lets no ticket be refused that another process wrote within its two hours', () => {
    const MINUTE = 60_000;
    const store = new MemoryStore();
    const [one, two] = [ring(store, TICKET_KEY_PACE), ring(store, TICKET_KEY_PACE)];
    one.keyring.start();
    two.keyring.start();
    const written: { readonly key: SessionKey; readonly atMs: number }[] = [];
    for (let minute = 0; minute < 60 * 13; minute++) {
      const [clock, writer, reader] = minute % 2 === 0 ? [one.clock, one, two] : [two.clock, two, one];
      written.push({ key: writer.last()[0] as SessionKey, atMs: clock.wallMs() });
      one.clock.advance(MINUTE);
      two.clock.advance(MINUTE);
      for (const { key, atMs } of written) {
        if (clock.wallMs() - atMs > TICKET_KEY_PACE.acceptedForMs) continue;
        assert.ok(reader.last().includes(key), `minute ${minute}`);
      }
      assert.ok(store.keys.length <= 3, `${store.keys.length} keys`);
    }
    assert.ok(store.saved >= 6, 'they were replaced');
    for (const { keyring, clock } of [one, two]) {
      keyring.close();
      assert.equal(clock.pending, 0);
    }
  });

  it('has no more keys than a store may hold, the newest ones, whatever clocks made them', () => {
    const keys = Array.from({ length: 40 }, (_, at) => ringKey(Buffer.alloc(32, at), NOW - at * 1_000));
    const kept = rotateKeys(TICKET_KEY_PACE, keys, NOW);
    assert.deepEqual(kept, keys.slice(0, MAX_RING_KEYS));
  });

  it('is rotated from now on when a clock was years ahead and is set back', () => {
    const DECADE = 3_650 * DAY;
    for (const kept of [null, new MemoryStore()]) {
      const { clock, keyring, last } = ring(kept, TICKET_KEY_PACE);
      keyring.start();
      const first = last()[0];
      clock.setWall(NOW + DECADE);
      clock.advance(HOUR);
      assert.equal(last().length, 2, 'one was made meanwhile');
      clock.setWall(NOW);
      const rings = new Set<string>();
      for (let hour = 0; hour < 24; hour++) {
        clock.advance(HOUR);
        rings.add(
          last()
            .map(({ id }) => Buffer.from(id).toString('hex'))
            .join(),
        );
        assert.ok(last().length <= 3, `${last().length} keys`);
      }
      assert.ok(rings.size >= 12, `${rings.size} rings in a day`);
      assert.ok(!last().includes(first as SessionKey));
      keyring.close();
    }
  });

  it('keeps its own keys while a store has none, and takes those that come', () => {
    const store = new MemoryStore();
    const takes: KeyStore = { load: () => store.load(), save: () => undefined };
    const { clock, keyring, last, published } = ring(takes, TICKET_KEY_PACE);
    keyring.reread();
    assert.equal(published.length, 0, 'nothing before the start');
    keyring.start();
    const own = last();
    clock.advance(HOUR);
    assert.deepEqual([last(), own.length], [own, 1]);
    store.keys = [ringKey(Buffer.alloc(32, 7), NOW)];
    keyring.reread();
    assert.deepEqual(last(), store.keys);
    keyring.close();
    store.keys = [];
    keyring.reread();
    keyring.start();
    assert.equal(clock.pending, 0);
  });

  it('keeps what the store holds when that cannot be written, and says so once', () => {
    const store = new MemoryStore();
    store.keys = [ringKey(Buffer.alloc(32, 1), NOW - 20 * DAY)];
    store.isWritable = false;
    const { clock, keyring, published, warned, last } = ring(store);
    keyring.start();
    clock.advance(10 * HOUR);
    assert.deepEqual([last(), published.length, warned], [store.keys, 1, ['keys of sessions cannot be replaced']]);
    keyring.close();
  });

  it('lives in memory without a store, or without a good one', () => {
    const broken = { load: () => assert.fail('no keys here'), save: () => {} };
    for (const store of [null, broken]) {
      const { clock, keyring, published, warned } = ring(store);
      keyring.start();
      keyring.start();
      clock.advance(5 * HOUR);
      assert.deepEqual([published.length, published[0]?.length], [1, 1]);
      assert.equal(warned.length, store === null ? 0 : 1);
      keyring.close();
      clock.advance(30 * DAY);
      assert.equal(published.length, 1);
    }
  });
});
