// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HeaderList } from '../head/header-list.ts';
import {
  frame,
  Pair,
  REQUEST,
  RESPONSE,
  type Recorder,
  requestBlock,
  Side,
  sendAll,
  startedServer,
  TRAILERS,
} from './connection.test-support.ts';
import type { Http2Stream } from './stream.ts';

/** Answers everything at once, so that garbage meets streams in every state. */
function answerAll(side: Side): void {
  side.prepare = recorder => {
    recorder.onHeadDo = stream => {
      side.connection.sendHead(stream, RESPONSE, null, stream.id % 3 === 0);
      sendAll(recorder, stream, Buffer.alloc(stream.id % 2 === 0 ? 0 : 70_000));
    };
  };
}

const anyFrame = fc
  .record({
    type: fc.integer({ min: 0, max: 10 }),
    flags: fc.oneof(fc.constantFrom(0, 1, 4, 5, 8, 13, 0x20, 0x2d), fc.nat(255)),
    id: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.nat(0x7fffffff)),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes)),
      fc.constant(requestBlock()),
      fc
        .constantFrom(4, 5, 6, 8, 12)
        .chain(n => fc.uint8Array({ minLength: n, maxLength: n }).map(b => Buffer.from(b))),
    ),
  })
  .map(f => frame(f.type, f.flags, f.id, f.payload));

describe('HTTP/2 connection on garbage', () => {
  it('never throws on random bytes, in either role, before or after the opening', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), chunks => {
        for (const side of [new Side('server'), new Side('client'), startedServer()]) {
          side.receive(...chunks.map(chunk => Buffer.from(chunk)));
          side.take();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on random frames, and its books are right at the end', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 40 }), frames => {
        const client = new Side('client');
        client.receive(frame(4, 0, 0));
        const opened = Array.from({ length: 4 }, () => client.open());
        for (const { stream } of opened) client.connection.sendHead(stream, REQUEST, null, false);
        const server = startedServer();
        answerAll(server);
        for (const side of [server, client]) {
          for (const bytes of frames) {
            side.receive(bytes);
            side.take();
          }
          side.connection.close('cancelled');
          assert.equal(side.connection.activeStreams, 0);
          assert.equal(side.connection.streams.size, 0);
        }
        for (const recorder of [...server.streams, ...opened.map(o => o.recorder)]) {
          const { stream } = recorder;
          if (stream !== null) assert.equal(stream.state, 'closed');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('two connections back to back', () => {
  const body = fc.oneof(fc.nat(200), fc.nat(60_000)).map(n => Buffer.alloc(n, 'x'));
  const call = fc.record({
    path: fc.constantFrom('/a', '/b', '/c/d'),
    custom: fc.option(fc.stringMatching(/^[!-~]{1,300}$/), { nil: null }),
    timeout: fc.option(fc.stringMatching(/^[0-9]{1,8}m$/), { nil: null }),
    request: fc.option(body, { nil: null }),
    response: fc.option(body, { nil: null }),
    trailers: fc.boolean(),
    cancel: fc.integer({ min: 0, max: 20 }).map(n => n === 0),
  });

  it('agree on random messages, however their bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(call, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 70_000 }),
        (calls, size) => {
          const pair = new Pair({ streamWindowBytes: 20_000, outputHighWaterBytes: 30_000, resetAfterMs: 0 });
          pair.cut = bytes => {
            const chunks: Buffer[] = [];
            for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
            return chunks;
          };
          pair.server.prepare = recorder => giveBack(recorder);
          const opened = calls.map(c => ({ call: c, ...pair.client.open() }));
          for (const { call: c, recorder, stream } of opened) {
            giveBack(recorder);
            const names = [...REQUEST.names, ...(c.custom === null ? [] : ['x-custom'])];
            const values = REQUEST.values.map((v, i) => (names[i] === ':path' ? c.path : v));
            const head = new HeaderList(names, c.custom === null ? values : [...values, c.custom]);
            const fields = c.timeout === null ? null : ['grpc-timeout', c.timeout];
            pair.client.connection.sendHead(stream, head, fields, c.request === null);
            if (c.request !== null) sendAll(recorder, stream, c.request);
            if (c.cancel) pair.client.connection.reset(stream, 8);
          }
          pair.pump();
          for (const [i, served] of pair.server.streams.entries()) answer(pair.server, served, opened[i]?.call ?? null);
          pair.pump();
          assert.equal(pair.client.fatal ?? pair.server.fatal, null);
          for (const [i, { call: c, recorder, stream }] of opened.entries()) {
            const served = pair.server.streams[i];
            assert.equal(stream.state, 'closed');
            if (c.cancel) continue;
            assert.equal(served?.head?.get(':path'), c.path);
            assert.equal(served.head.get('x-custom') ?? null, c.custom);
            assert.deepEqual(served.fields, c.timeout === null ? null : ['grpc-timeout', c.timeout]);
            assert.equal(served.text.length, c.request?.length ?? 0);
            assert.equal(recorder.text.length, c.response?.length ?? 0);
            assert.equal(recorder.trailers !== null, c.response !== null && c.trailers);
            assert.equal(recorder.ended, true);
          }
          assert.equal(pair.server.connection.activeStreams, 0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

function answer(side: Side, served: Recorder, call: { response: Buffer | null; trailers: boolean } | null): void {
  const stream: Http2Stream | null = served.stream;
  if (stream === null || call === null) return;
  side.connection.sendHead(stream, RESPONSE, null, call.response === null);
  if (call.response === null) return;
  const end = call.trailers ? () => side.connection.sendTrailers(stream, TRAILERS, null) : null;
  sendAll(served, stream, call.response, end);
}

function giveBack(recorder: Recorder): void {
  const keep = recorder.onData.bind(recorder);
  recorder.onData = (stream, chunk, start, end, endStream) => {
    keep(stream, chunk, start, end, endStream);
    stream.consumed(end - start);
  };
}
