// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderListPool } from '../head/header-list-pool.ts';
import type { WindowAccount } from '../message/window-account.ts';
import { frame, REQUEST, type Recorder, requestBlock, Side, uint32 } from './connection.test-support.ts';
import { DATA, HEADERS, PREFACE, RST_STREAM, SETTINGS, WINDOW_UPDATE } from './frame.ts';
import { DEFAULT_HTTP2_LIMITS } from './limits.ts';

const KIB = 1024;
const FIRST = DEFAULT_HTTP2_LIMITS.streamWindowBytes;
const LAST = DEFAULT_HTTP2_LIMITS.maxStreamWindowBytes;
const PIECE_BYTES = 16 * KIB;
const OK = [0x88];

type Role = 'client' | 'server';

function sideOf(role: Role, lists = new HeaderListPool()): Side {
  const side = new Side(role, {}, lists);
  side.receive(...(role === 'server' ? [PREFACE] : []), frame(SETTINGS, 0, 0));
  side.take();
  return side;
}

/** A peer that sends a body on one stream, all that its window allows in each round trip, to who takes it. */
class Sending {
  readonly #side: Side;
  readonly #id: number;
  readonly #piece: Buffer;
  #window = FIRST;
  /** Of each piece, what is taken. */
  taken = 1;

  /** `account`: who is charged for it; null: nobody. */
  constructor(side: Side, account: WindowAccount | null, id = 1) {
    this.#side = side;
    this.#id = id;
    this.#piece = frame(DATA, 0, id, Buffer.alloc(PIECE_BYTES));
    side.prepare = recorder => this.#reads(recorder, account);
    if (side.connection.role === 'server') side.receive(frame(HEADERS, 4, id, requestBlock()));
    else {
      const { recorder, stream } = side.open();
      this.#reads(recorder, account);
      stream.sendHead(REQUEST, null, true);
      side.receive(frame(HEADERS, 4, id, OK));
    }
  }

  #reads(recorder: Recorder, account: WindowAccount | null): void {
    if (account !== null) recorder.windows = account;
    recorder.onData = (stream, _chunk, start, end) => stream.consumed((end - start) * this.taken);
  }

  /** What was sent in a round trip of `ms`. */
  round(ms: number): number {
    let sent = 0;
    for (; this.#window >= PIECE_BYTES; this.#window -= PIECE_BYTES) {
      this.#side.receive(this.#piece);
      sent += PIECE_BYTES;
    }
    this.#side.nowMs += ms;
    for (const { type, id, payload } of this.#side.frames()) {
      if (type === WINDOW_UPDATE && id === this.#id) this.#window += payload.readUInt32BE(0);
    }
    return sent;
  }

  rounds(count: number, ms: number): number[] {
    return Array.from({ length: count }, () => this.round(ms));
  }

  cancel(): void {
    this.#side.receive(frame(RST_STREAM, 0, this.#id, uint32(8)));
  }
}

const grown = (sending: Sending): boolean => sending.rounds(10, 50).at(-1) === LAST;
const account = (): WindowAccount => ({ grownBytes: 0 });
const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

for (const [role, what] of [
  ['server', 'requests'],
  ['client', 'responses'],
] as const)
  describe(`WindowGrowth of ${what}`, () => {
    it('lets a peer that waits a round trip for each window send eight times as much', () => {
      const sent = new Sending(sideOf(role), account()).rounds(12, 50);
      assert.equal(sent[0], FIRST);
      assert.equal(sent.at(-1), LAST);
      assert.ok(sent.indexOf(LAST) < 8, `${sent}`);
    });

    it('leaves the window of one that is near, or slow, as it is, and of one whose bytes nobody is charged with', () => {
      for (const [ms, payer] of [
        [1, account()],
        [700, account()],
        [50, null],
      ] as const) {
        const sent = new Sending(sideOf(role), payer).rounds(12, ms);
        assert.deepEqual(new Set(sent), new Set([FIRST]), `${ms} ms`);
      }
    });

    it('does not grow a window whose bytes wait for their reader', () => {
      const sending = new Sending(sideOf(role), account());
      sending.taken = 0.5;
      const most = Math.max(...sending.rounds(12, 50));
      assert.ok(most <= FIRST, `${most}`);
    });

    it('takes no more than 8 MiB for one account, on however many connections', () => {
      const lists = new HeaderListPool();
      const payer = account();
      const all = times(6, () => new Sending(sideOf(role, lists), payer));
      assert.deepEqual(all.map(grown), [true, true, true, true, false, false]);
      assert.equal(grown(new Sending(sideOf(role, lists), account())), true, 'another one is free');
      all[0]?.cancel();
      assert.deepEqual(
        [all[4], all[5]].map(one => one !== undefined && grown(one)),
        [true, false],
      );
    });

    it('takes no more than 32 MiB for a worker, and from those who have most for those who come later', () => {
      const lists = new HeaderListPool();
      const sides = times(50, () => sideOf(role, lists));
      const accounts = times(50, account);
      const total = (): number => accounts.reduce((sum, { grownBytes }) => sum + grownBytes, 0);
      const begin = (side: Side, at: number) => new Sending(side, accounts[at] ?? null);
      const early = sides.slice(0, 14).map(begin);
      assert.deepEqual(
        early.map(grown),
        times(14, at => at < 13),
      );
      const all = [...early, ...sides.slice(14).map((side, at) => begin(side, at + 14))];
      for (let round = 0; round < 8; round++) {
        for (const one of all) one.round(50);
        assert.ok(total() <= 32 * KIB * KIB, `${total()} bytes`);
      }
      assert.ok(
        accounts.every(({ grownBytes }) => grownBytes >= FIRST),
        'each has at least twice what it began with',
      );
      for (const side of sides) side.connection.close('lost');
      assert.equal(total(), 0);
      assert.equal(grown(new Sending(sideOf(role, lists), account())), true);
    });
  });
