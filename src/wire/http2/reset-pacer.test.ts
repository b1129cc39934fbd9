// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ErrorCode, frame, Pair, REQUEST, RESPONSE, Recorder, type Side } from './connection.test-support.ts';
import { DATA, HEADERS, RST_STREAM } from './frame.ts';
import type { Http2Stream } from './stream.ts';

/** A client with its peer's SETTINGS. */
function startedClient(limits = {}): Side {
  const { client } = new Pair(limits);
  client.receive(frame(4, 0, 0));
  client.take();
  return client;
}

function openSent(client: Side, count: number): Http2Stream[] {
  return Array.from({ length: count }, () => {
    const { stream } = client.open();
    client.connection.sendHead(stream, REQUEST, null, true);
    return stream;
  });
}

/** As many as the connection takes: streams that are held back count until they are reset. */
function openWhatFits(client: Side, count: number): Http2Stream[] {
  const opened: Http2Stream[] = [];
  while (opened.length < count) {
    const stream = client.connection.openStream(new Recorder());
    if (stream === null) break;
    client.connection.sendHead(stream, REQUEST, null, true);
    opened.push(stream);
  }
  return opened;
}

/** Ids of the streams that RST_STREAM went out for. */
function resetsOf(client: Side): number[] {
  return client
    .frames()
    .filter(({ type }) => type === RST_STREAM)
    .map(({ id }) => id);
}

/** Lets time pass: the connection reads it from its input. */
function pass(client: Side, ms: number): void {
  client.nowMs += ms;
  client.receive(frame(0x77, 0, 0));
}

describe("a client's resets", () => {
  it('go out at once for streams that have an answer, while there are tokens', () => {
    const client = startedClient({ resetBurst: 3, resetsPerSecond: 1 });
    const streams = openSent(client, 5);
    client.receive(...streams.map(({ id }) => frame(HEADERS, 4, id, [0x88])));
    client.take();
    for (const stream of streams) client.connection.reset(stream, ErrorCode.CANCEL);
    assert.deepEqual(resetsOf(client), [1, 3, 5]);
    assert.deepEqual([client.connection.activeStreams, client.connection.liveStreams], [2, 0]);
    pass(client, 1_000);
    client.connection.sendHeldEnds();
    assert.deepEqual(resetsOf(client), [7]);
    pass(client, 1_000);
    client.connection.sendHeldEnds();
    assert.deepEqual([resetsOf(client), client.connection.activeStreams], [[9], 0]);
  });

  it('wait until the server has had the time to take the stream in', () => {
    const client = startedClient();
    const [stream] = openSent(client, 1);
    assert.ok(stream !== undefined);
    client.take();
    client.connection.reset(stream, ErrorCode.CANCEL);
    assert.deepEqual([resetsOf(client), stream.state, client.connection.hasHeldEnds], [[], 'closed', true]);
    pass(client, 99);
    client.connection.sendHeldEnds();
    assert.deepEqual(resetsOf(client), []);
    pass(client, 1);
    client.connection.sendHeldEnds();
    assert.deepEqual([resetsOf(client), client.connection.hasHeldEnds], [[1], false]);
  });

  it('are not needed for a stream that ends by itself; what comes on it is dropped and its window stays shut', () => {
    const client = startedClient({ streamWindowBytes: 1_000 });
    const { stream, recorder } = client.open();
    client.connection.sendHead(stream, REQUEST, null, true);
    client.take();
    client.connection.reset(stream, ErrorCode.CANCEL);
    client.receive(frame(HEADERS, 4, 1, [0x88]), frame(DATA, 0, 1, Buffer.alloc(900)));
    stream.connection.consumed(stream, 900);
    assert.deepEqual([recorder.head, recorder.body, recorder.reset], [null, [], null]);
    assert.deepEqual(client.frames(), []);
    client.receive(frame(DATA, 1, 1, Buffer.alloc(50)));
    assert.deepEqual([client.connection.activeStreams, client.connection.hasHeldEnds], [0, false]);
    pass(client, 1_000);
    client.connection.sendHeldEnds();
    assert.deepEqual(resetsOf(client), []);
  });

  it('are held back too when the server broke the rules of a stream, and its user hears at once', () => {
    const client = startedClient({ resetBurst: 0, resetsPerSecond: 0 });
    const { stream, recorder } = client.open();
    client.connection.sendHead(stream, REQUEST, null, true);
    client.receive(frame(DATA, 0, 1, [1]));
    assert.deepEqual(recorder.reset, { code: ErrorCode.PROTOCOL_ERROR, origin: 'codec' });
    assert.deepEqual([client.connection.liveStreams, client.connection.activeStreams, client.fatal], [0, 1, null]);
  });

  it('of a server that goes on to break them cost it the connection', () => {
    const client = startedClient({ resetBurst: 0, resetsPerSecond: 0, maxResets: 20 });
    openSent(client, 1);
    for (let i = 0; i < 30 && client.fatal === null; i++) client.receive(frame(DATA, 0, 1, [1]));
    assert.equal(client.fatalCode, ErrorCode.ENHANCE_YOUR_CALM);
  });

  it('make the connection crowded: too many held back, or too many sent beside those that ended well', () => {
    const held = startedClient({ resetBurst: 0, resetsPerSecond: 0, maxAbandoned: 3 });
    const streams = openSent(held, 3);
    for (const stream of streams) {
      assert.equal(held.connection.isCrowded, false);
      held.connection.reset(stream, ErrorCode.CANCEL);
    }
    assert.equal(held.connection.isCrowded, true);
    const worn = startedClient({ resetsToWearOut: 4, resetAfterMs: 0 });
    for (const stream of openSent(worn, 4)) worn.connection.reset(stream, ErrorCode.CANCEL);
    assert.equal(worn.connection.isCrowded, true);
    for (const { id } of openSent(worn, 13)) worn.receive(frame(HEADERS, 5, id, [0x88]));
    assert.equal(worn.connection.isCrowded, false);
  });

  it('stay below 200 in any 30 s, whenever they are asked for', () => {
    const steps = fc.array(fc.tuple(fc.nat(4_000), fc.nat(150)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, schedule => {
        const client = startedClient();
        const sentAtMs: number[] = [];
        for (const [ms, count] of schedule) {
          for (const stream of openWhatFits(client, count)) client.connection.reset(stream, ErrorCode.CANCEL);
          pass(client, ms);
          client.connection.sendHeldEnds();
          for (const _ of resetsOf(client)) sentAtMs.push(client.nowMs);
        }
        for (const [at, ms] of sentAtMs.entries()) {
          const later = sentAtMs[at + 199];
          assert.ok(later === undefined || later - ms > 30_000);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of a server are not held back', () => {
    const pair = new Pair();
    pair.server.prepare = recorder => {
      recorder.onHeadDo = stream => pair.server.connection.reset(stream, ErrorCode.CANCEL);
    };
    const { stream, recorder } = pair.client.open();
    pair.client.connection.sendHead(stream, REQUEST, null, false);
    pair.pump();
    assert.deepEqual(recorder.reset, { code: ErrorCode.CANCEL, origin: 'peer' });
    assert.equal(RESPONSE.get(':status'), '200');
  });
});
