// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList } from '../head/header-list.ts';
import {
  ErrorCode,
  frame,
  literal,
  Pair,
  REQUEST,
  RESPONSE,
  requestBlock,
  type Side,
  startedServer,
  uint32,
} from './connection.test-support.ts';
import { CONTINUATION, DATA, GOAWAY, HEADERS, PING, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE } from './frame.ts';
import type { Http2Limits } from './limits.ts';

/** How many of `attack(i)` a server takes before it says ENHANCE_YOUR_CALM; it takes no more than `tries`. */
function endurance(server: Side, tries: number, attack: (i: number) => Buffer): number {
  for (let i = 0; i < tries; i++) {
    server.receive(attack(i));
    if (server.fatal !== null) {
      assert.equal(server.fatal.code, ErrorCode.ENHANCE_YOUR_CALM, server.fatal.message);
      assert.equal(server.frames().at(-1)?.type, GOAWAY);
      return i;
    }
    server.take();
  }
  return tries;
}

const BLOCK = requestBlock();

/** A literal with incremental indexing (RFC 7541 §6.2.1). */
function indexed(name: string, value: string): Buffer {
  const field = literal(name, value);
  field[0] = 0x40;
  return field;
}

/** A header block in as few frames as it needs. */
function blockFrames(id: number, block: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16_384) {
    const flags = (at === 0 ? 1 : 0) | (at + 16_384 >= block.length ? 4 : 0);
    frames.push(frame(at === 0 ? HEADERS : CONTINUATION, flags, id, block.subarray(at, at + 16_384)));
  }
  return frames;
}

describe('flood budgets', () => {
  const floods: [string, Partial<Http2Limits>, (i: number) => Buffer][] = [
    ['PING', { maxPings: 50 }, () => frame(PING, 0, 0, uint32(1, 2))],
    ['SETTINGS', { maxSettings: 51 }, () => frame(SETTINGS, 0, 0)],
    ['unknown frames', { maxIgnored: 50 }, () => frame(0x77, 0, 0, [1])],
    ['PRIORITY', { maxIgnored: 50 }, () => frame(PRIORITY, 0, 1, [0, 0, 0, 0, 1])],
    ['WINDOW_UPDATE', { maxWindowUpdates: 50 }, () => frame(WINDOW_UPDATE, 0, 0, uint32(1))],
    [
      'rapid reset',
      { maxResets: 50 },
      i => Buffer.concat([frame(HEADERS, 5, 2 * i + 1, BLOCK), frame(RST_STREAM, 0, 2 * i + 1, uint32(8))]),
    ],
    ['streams in error', { maxResets: 50 }, i => frame(HEADERS, 5, 2 * i + 1, literal('a', 'b'))],
    ['empty DATA', { maxEmptyData: 50 }, i => (i === 0 ? frame(HEADERS, 4, 1, BLOCK) : frame(DATA, 0, 1))],
    [
      'padding without DATA',
      { maxEmptyData: 50 },
      i => (i === 0 ? frame(HEADERS, 4, 1, BLOCK) : frame(DATA, 8, 1, [2, 0, 0])),
    ],
  ];
  for (const [what, limits, attack] of floods) {
    it(`ends a connection that floods: ${what}`, () => {
      const taken = endurance(startedServer(limits), 60, attack);
      assert.ok(taken >= 49 && taken <= 51, `after ${taken}`);
    });

    it(`takes the same per interval, for ever: ${what}`, () => {
      const server = startedServer(limits);
      const taken = endurance(server, 200, i => {
        if (i % 40 === 39) server.nowMs += 10_000;
        return attack(i);
      });
      assert.equal(taken, 200);
    });
  }

  it('counts resets of streams that lived long or were answered in part as any other', () => {
    const server = startedServer({ maxResets: 10 });
    server.prepare = recorder => {
      recorder.onHeadDo = stream => server.connection.sendHead(stream, RESPONSE, null, false);
    };
    const ids = Array.from({ length: 12 }, (_, i) => 2 * i + 1);
    for (const id of ids) server.receive(frame(HEADERS, 5, id, BLOCK));
    server.take();
    server.nowMs += 60_000;
    const taken = endurance(server, ids.length, i => frame(RST_STREAM, 0, ids[i] ?? 0, uint32(8)));
    assert.equal(taken, 10);
  });

  it('lets a peer earn one reset by four streams that end well, not by one', () => {
    const server = startedServer({ maxResets: 10 });
    server.prepare = recorder => {
      recorder.onHeadDo = stream => {
        if (stream.id % 10 !== 9) server.connection.sendHead(stream, RESPONSE, null, true);
      };
    };
    let id = -1;
    const round = (): Buffer => {
      id += 2;
      return frame(HEADERS, 5, id, BLOCK);
    };
    const cancelled = (): Buffer => Buffer.concat([round(), frame(RST_STREAM, 0, id, uint32(8))]);
    const fair = endurance(server, 100, () => Buffer.concat([round(), round(), round(), round(), cancelled()]));
    assert.equal(fair, 100);
    const greedy = startedServer({ maxResets: 10 });
    greedy.prepare = recorder => {
      recorder.onHeadDo = stream => {
        if (stream.id % 4 === 1) greedy.connection.sendHead(stream, RESPONSE, null, true);
      };
    };
    id = -1;
    const taken = endurance(greedy, 100, () => Buffer.concat([round(), cancelled()]));
    assert.equal(taken, 13);
  });

  it('lets a busy peer send PINGs and WINDOW_UPDATEs in proportion to its DATA', () => {
    const server = startedServer({ maxPings: 10, maxWindowUpdates: 10 });
    server.receive(frame(HEADERS, 4, 1, BLOCK));
    const taken = endurance(server, 500, () =>
      Buffer.concat([frame(DATA, 0, 1, [1]), frame(PING, 0, 0, uint32(1, 2)), frame(WINDOW_UPDATE, 0, 0, uint32(1))]),
    );
    assert.equal(taken, 500);
  });

  it('lets a peer send an empty DATA frame and WINDOW_UPDATEs in proportion to the calls it ends well', () => {
    const server = startedServer({ maxEmptyData: 10, maxWindowUpdates: 10 });
    const taken = endurance(server, 500, i => {
      const id = 2 * i + 1;
      server.receive(Buffer.concat([frame(HEADERS, 4, id, BLOCK), frame(WINDOW_UPDATE, 0, id, uint32(1))]));
      const stream = server.connection.streams.get(id);
      if (stream !== undefined) server.connection.sendHead(stream, RESPONSE, null, true);
      return Buffer.concat([frame(DATA, 0, id), frame(DATA, 1, id)]);
    });
    assert.equal(taken, 500);
  });
});

describe('unread output', () => {
  it('ends a connection that never reads the acknowledgements it asks for', () => {
    const server = startedServer({ maxUnreadBytes: 10_000, maxPings: 1e9 });
    server.connection.outputBlocked(true);
    let sent = 0;
    while (server.fatal === null && sent < 2_000) {
      server.receive(frame(PING, 0, 0, uint32(1, 2)));
      sent++;
    }
    assert.equal(server.fatalCode, ErrorCode.ENHANCE_YOUR_CALM);
    assert.ok(sent * 17 < 10_100);
  });

  it('ends a connection that provokes resets and does not read them', () => {
    const server = startedServer();
    server.connection.outputBlocked(true);
    let id = 1;
    for (; server.fatal === null && id < 200; id += 2) server.receive(frame(HEADERS, 5, id, literal('a', 'b')));
    assert.equal((id - 1) / 2, 17);
  });

  it('counts anew when the socket goes on', () => {
    const server = startedServer({ maxUnreadBytes: 100 });
    for (let i = 0; i < 50; i++) {
      server.connection.outputBlocked(true);
      server.receive(frame(PING, 0, 0, uint32(1, 2)));
      server.connection.outputBlocked(false);
      server.take();
    }
    assert.equal(server.fatal, null);
  });
});

describe('interim responses', () => {
  const HINTS = new HeaderList([':status', 'link'], ['103', 'x'.repeat(60_000)]);

  /** A request that is open, at its server. */
  function served() {
    const pair = new Pair();
    const { recorder, stream } = pair.client.open();
    pair.client.connection.sendHead(stream, REQUEST, null, true);
    pair.pump();
    const last = pair.server.last().stream;
    assert.ok(last);
    return { pair, stream: last, recorder };
  }

  it('of an endpoint that floods with them go no further than the queue is long', () => {
    const { pair, stream, recorder } = served();
    for (let times = 0; times < 1_000; times++) stream.sendInformational(HINTS, null);
    const { queuedBytes } = pair.server.connection.output;
    assert.ok(queuedBytes < 700_000, `${queuedBytes} bytes`);
    stream.sendHead(RESPONSE, null, true);
    pair.pump();
    assert.ok(recorder.interim.length > 5);
    assert.equal(recorder.head?.get(':status'), '200');
  });

  it('of that kind do not cost a client that does not read its connection', () => {
    const { pair, stream } = served();
    pair.server.connection.outputBlocked(true);
    for (let times = 0; times < 1_000; times++) stream.sendInformational(HINTS, null);
    pair.server.receive(frame(PING, 0, 0, uint32(1, 2)));
    assert.equal(pair.server.fatal, null);
  });

  it('that a client waits for are sent all the same', () => {
    const { pair, stream, recorder } = served();
    for (let times = 0; times < 1_000; times++) stream.sendInformational(HINTS, null);
    stream.sendInformational(new HeaderList([':status'], ['100']), null);
    pair.pump();
    assert.equal(recorder.interim.at(-1)?.get(':status'), '100');
  });
});

describe('header limits', () => {
  it('ends a connection that sends CONTINUATION after CONTINUATION', () => {
    const server = startedServer();
    server.receive(frame(HEADERS, 1, 1, BLOCK));
    let frames = 0;
    for (; server.fatal === null && frames < 40; frames++) server.receive(frame(CONTINUATION, 0, 1));
    assert.deepEqual([frames, server.fatalCode], [17, ErrorCode.ENHANCE_YOUR_CALM]);
  });

  it('ends a connection whose header block is larger than any sound one', () => {
    const server = startedServer({ maxHeaderBlockBytes: 40_000 });
    server.receive(frame(HEADERS, 1, 1, BLOCK));
    for (let i = 0; i < 3; i++) server.receive(frame(CONTINUATION, 0, 1, Buffer.alloc(15_000)));
    assert.equal(server.fatalCode, ErrorCode.ENHANCE_YOUR_CALM);
  });

  it('answers a head with too many bytes or fields with 431, and serves the next', () => {
    for (const limits of [{ maxHeaderListBytes: 300 }, { maxHeaderFields: 8 }]) {
      const pair = new Pair();
      const server = startedServer(limits);
      const fields = Array.from({ length: 10 }, (_, i): [string, string] => [`x-${i}`, 'v']);
      server.receive(frame(HEADERS, 4, 1, requestBlock(...fields)), frame(DATA, 1, 1, [1, 2, 3]));
      assert.deepEqual([server.streams.length, server.log.at(-1), server.fatal], [0, 'oversized', null]);
      const answer = server.take();
      const { recorder, stream } = pair.client.open();
      pair.client.connection.sendHead(
        stream,
        new HeaderList([':method', ':scheme', ':path'], ['GET', 'http', '/']),
        null,
        false,
      );
      pair.client.receive(answer);
      assert.equal(recorder.head?.get(':status'), '431');
      assert.deepEqual(recorder.reset, { code: ErrorCode.NO_ERROR, origin: 'peer' });
      server.receive(frame(HEADERS, 5, 3, requestBlock()));
      assert.equal(server.streams.length, 1);
    }
  });

  for (const limits of [{ maxHeaderFields: 8 }, { maxHeaderListBytes: 300 }])
    for (const place of [0, 10])
      it(`answers a gRPC call over ${Object.keys(limits)} with RESOURCE_EXHAUSTED, its content-type the ${place}th field`, () => {
        const server = startedServer(limits);
        const fields = Array.from({ length: 10 }, (_, i): [string, string] => [`x-${i}`, 'v']);
        fields.splice(place, 0, ['content-type', 'application/grpc+proto']);
        server.receive(frame(HEADERS, 5, 1, requestBlock(...fields)));
        const pair = new Pair();
        const { recorder, stream } = pair.client.open();
        pair.client.connection.sendHead(stream, RESPONSE, null, true);
        pair.client.receive(server.take());
        assert.deepEqual([recorder.head?.get(':status'), recorder.head?.get('grpc-status')], ['200', '8']);
      });

  for (const size of [130_000, 150_000, 260_000]) {
    it(`skips a response's header block of ${size} bytes and keeps the connection and its table`, () => {
      const pair = new Pair();
      const [big, other] = [pair.client.open(), pair.client.open()];
      for (const { stream } of [big, other]) pair.client.connection.sendHead(stream, REQUEST, null, true);
      pair.pump();
      // It adds an entry to the table on either side of what is too large.
      const block = Buffer.concat([
        Buffer.from([0x88]),
        indexed('x-before', 'a'),
        ...Array.from({ length: size / 120 }, (_, i) => literal(`x-${i}`, 'v'.repeat(112))),
        indexed('x-after', 'b'),
      ]);
      pair.client.receive(...blockFrames(1, block));
      assert.deepEqual(big.recorder.reset, { code: ErrorCode.ENHANCE_YOUR_CALM, origin: 'codec' });
      // 62 and 63: the entries that came last.
      pair.client.receive(frame(HEADERS, 5, 3, [0x88, 0xbe, 0xbf]));
      assert.deepEqual([other.recorder.head?.get('x-after'), other.recorder.head?.get('x-before')], ['b', 'a']);
      assert.equal(pair.client.fatal, null);
    });
  }

  it("answers a request's header block of 250,000 bytes with 431, and serves the next", () => {
    const server = startedServer();
    const fields = Array.from({ length: 2_100 }, (_, i) => literal(`x-${i}`, 'v'.repeat(112)));
    server.receive(...blockFrames(1, Buffer.concat([BLOCK, ...fields])));
    assert.deepEqual([server.log.at(-1), server.fatal], ['oversized', null]);
    server.receive(frame(HEADERS, 5, 3, BLOCK));
    assert.equal(server.streams.length, 1);
  });

  it('survives a header bomb: one long entry, referred to thousands of times', () => {
    const server = startedServer();
    const entry = Buffer.concat([Buffer.from([0x40, 1, 0x61, 0x7f, 0xa1, 0x1e]), Buffer.alloc(4000, 0x62)]);
    const bomb = Buffer.concat([requestBlock(), entry, Buffer.alloc(12_000, 0xbe)]);
    for (let id = 1; id < 20; id += 2) server.receive(frame(HEADERS, 5, id, bomb));
    assert.deepEqual([server.streams.length, server.fatal], [0, null]);
    server.receive(frame(HEADERS, 5, 21, requestBlock()));
    assert.equal(server.streams.length, 1);
  });
});

describe('input whose rest is owed', () => {
  const FRAME = 16_384;
  const LONG = Buffer.concat([BLOCK, ...Array.from({ length: 180 }, (_, i) => literal(`x-${i}`, 'v'.repeat(112)))]);

  it('is told as memory until it is whole', () => {
    const server = startedServer();
    const [first, last] = blockFrames(1, LONG) as [Buffer, Buffer];
    server.receive(first);
    assert.ok(server.held >= FRAME && server.held < FRAME + 1_000, `${server.held} bytes`);
    server.receive(last.subarray(0, 12));
    assert.ok(server.held >= LONG.length, `${server.held} bytes`);
    server.receive(last.subarray(12));
    assert.deepEqual([server.streams.length, server.held], [1, 0]);
  });

  it('is given back when the connection is gone, or had broken before', () => {
    for (const isBroken of [false, true]) {
      const server = startedServer();
      const [first, last] = blockFrames(1, LONG) as [Buffer, Buffer];
      server.receive(first, last.subarray(0, 100));
      assert.ok(server.held >= LONG.length, `${server.held} bytes`);
      if (isBroken) server.connection.breakOff('overload', 'too much');
      server.connection.close('lost');
      assert.equal(server.held, 0);
    }
  });
});
