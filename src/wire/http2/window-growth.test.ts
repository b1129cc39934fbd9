// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderListPool } from '../head/header-list-pool.ts';
import { frame, requestBlock, Side, uint32 } from './connection.test-support.ts';
import { DATA, HEADERS, PREFACE, RST_STREAM, SETTINGS, WINDOW_UPDATE } from './frame.ts';
import { DEFAULT_HTTP2_LIMITS } from './limits.ts';

const KIB = 1024;
const FIRST = DEFAULT_HTTP2_LIMITS.streamWindowBytes;
const LAST = DEFAULT_HTTP2_LIMITS.maxStreamWindowBytes;
const PIECE = Buffer.alloc(16 * KIB);

function server(lists: HeaderListPool): Side {
  const side = new Side('server', {}, lists);
  side.receive(PREFACE, frame(SETTINGS, 0, 0));
  side.take();
  return side;
}

/** A client that uploads on one stream, all that its window allows in each round trip, to an endpoint that takes it. */
class Upload {
  readonly #side: Side;
  readonly #id: number;
  #window = FIRST;
  /** Of each piece, what the endpoint takes. */
  taken = 1;

  constructor(side: Side, id = 1) {
    this.#side = side;
    this.#id = id;
    side.prepare = recorder => {
      recorder.onData = (stream, _chunk, start, end) => stream.consumed((end - start) * this.taken);
    };
    side.receive(frame(HEADERS, 4, id, requestBlock()));
  }

  /** What was sent in a round trip of `ms`. */
  round(ms: number): number {
    let sent = 0;
    for (; this.#window >= PIECE.length; this.#window -= PIECE.length) {
      this.#side.receive(frame(DATA, 0, this.#id, PIECE));
      sent += PIECE.length;
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

describe('WindowGrowth', () => {
  it('lets a client that waits a round trip for each window send eight times as much', () => {
    const sent = new Upload(server(new HeaderListPool())).rounds(12, 50);
    assert.equal(sent[0], FIRST);
    assert.equal(sent.at(-1), LAST);
    assert.ok(sent.indexOf(LAST) < 8, `${sent}`);
  });

  it('leaves the window of one that is near, or slow, as it is', () => {
    for (const ms of [1, 700]) {
      const sent = new Upload(server(new HeaderListPool())).rounds(12, ms);
      assert.deepEqual(new Set(sent), new Set([FIRST]), `${ms} ms`);
    }
  });

  it('does not grow a window whose bytes wait for the endpoint', () => {
    const upload = new Upload(server(new HeaderListPool()));
    upload.taken = 0.5;
    const most = Math.max(...upload.rounds(12, 50));
    assert.ok(most <= FIRST, `${most}`);
  });

  it('grows those of one connection by 8 MiB, of a worker by 32, and again when streams have ended', () => {
    const lists = new HeaderListPool();
    const grown = (upload: Upload) => upload.rounds(10, 50).at(-1) === LAST;
    const connections = Array.from({ length: 9 }, () => server(lists));
    const uploads = connections.map(side => {
      const streams = Array.from({ length: 6 }, (_, at) => new Upload(side, 2 * at + 1));
      return streams.filter(grown);
    });
    assert.deepEqual(
      uploads.map(list => list.length),
      [4, 4, 4, 4, 0, 0, 0, 0, 0],
    );
    uploads[0]?.[0]?.cancel();
    assert.equal(grown(new Upload(server(lists))), true);
    assert.equal(grown(new Upload(server(lists))), false);
    for (const side of connections) side.connection.close('lost');
    assert.equal(grown(new Upload(server(lists))), true);
  });
});
