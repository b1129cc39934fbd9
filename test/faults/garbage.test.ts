// SPDX-License-Identifier: Apache-2.0

/** Bytes that are no HTTP/2, or stop in the middle of it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Bed, boundedMemory, HOST, makeBed, whileNeighbourCalls } from './bed.ts';
import { closed, END_HEADERS, FRAME, frame, grpcHead, openHttp2, openRaw, PREFACE, SETTINGS } from './raw-frames.ts';

/** Random bytes; half of them behind a valid preface, so that they reach the frame reader. */
const garbage = fc
  .tuple(fc.boolean(), fc.uint8Array({ minLength: 1, maxLength: 2000 }))
  .map(([preface, bytes]) => (preface ? Buffer.concat([PREFACE, SETTINGS, bytes]) : Buffer.from(bytes)));

/** Valid frame heads with random types, flags, small stream ids and random payloads. */
const frames = fc
  .array(fc.tuple(fc.nat(10), fc.nat(255), fc.nat(9), fc.uint8Array({ maxLength: 60 })), {
    minLength: 1,
    maxLength: 20,
  })
  .map(list =>
    Buffer.concat([
      PREFACE,
      SETTINGS,
      ...list.map(([type, flags, id, body]) => frame(type, flags, id, Buffer.from(body))),
    ]),
  );

describe('garbage', () => {
  let bed: Bed;
  before(async () => {
    bed = await makeBed();
  });
  after(() => bed.close());

  for (const [name, inputs] of [
    ['a thousand random byte streams', fc.sample(garbage, 1000)],
    ['a thousand random frame sequences', fc.sample(frames, 1000)],
  ] as const) {
    it(`survives ${name}`, { timeout: 60_000 }, () =>
      boundedMemory(150, () =>
        whileNeighbourCalls(bed.port, async () => {
          for (let at = 0; at < inputs.length; at += 50) {
            await Promise.all(inputs.slice(at, at + 50).map(input => sendAndHangUp(bed.port, input)));
          }
        }),
      ),
    );
  }

  it('keeps half-open requests of many connections without harm to others', { timeout: 60_000 }, () =>
    boundedMemory(150, () =>
      whileNeighbourCalls(bed.port, async () => {
        const sockets = await Promise.all(Array.from({ length: 200 }, () => openHttp2(bed.port)));
        for (const socket of sockets) {
          socket.write(frame(FRAME.headers, END_HEADERS, 1, grpcHead('/faults.Faults/Unary', HOST)));
          socket.write(frame(FRAME.data, 0, 1, Buffer.alloc(1000)).subarray(0, 500));
        }
        for (const socket of sockets) socket.destroy();
        await Promise.all(sockets.map(closed));
      }),
    ),
  );

  it('logs no more than a few lines of it', () => {
    assert.ok(bed.logged.length < 100, `${bed.logged.length} lines were logged`);
  });
});

async function sendAndHangUp(port: number, bytes: Buffer): Promise<void> {
  const socket = await openRaw(port);
  socket.resume();
  socket.end(bytes);
  await closed(socket);
}
