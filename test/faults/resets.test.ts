// SPDX-License-Identifier: Apache-2.0

/** Clients that open calls and take them back: what they cost the endpoint must not fall on those who share its connection. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { answer, type Bed, HOST, makeBed, whileNeighbourCalls } from './bed.ts';
import { closed, END_HEADERS, END_STREAM, FRAME, frame, grpcHead, openHttp2 } from './raw-frames.ts';

/** Within so many between client and gateway the backend has answered, when it answers at once. */
const ROUND_TRIPS = 10;
const CANCEL = Buffer.from([0, 0, 0, 8]);

/** `Head` gets a response head and no more, `Late` its answer after all other work, `Silent` nothing. */
function behave(stream: ServerHttp2Stream, path: string): void {
  if (path.endsWith('/Head')) stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
  else if (path.endsWith('/Late')) setImmediate(() => answer(stream));
}

function openCalls(from: number, count: number, method: string, fields: [string, string][] = []): Buffer {
  const head = grpcHead(`/faults.Faults/${method}`, HOST, fields);
  return Buffer.concat(
    Array.from({ length: count }, (_, i) => frame(FRAME.headers, END_HEADERS | END_STREAM, from + 2 * i, head)),
  );
}

function resetCalls(from: number, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, i) => frame(FRAME.rstStream, 0, from + 2 * i, CANCEL)));
}

/** Counts frames of one type that come in. */
function counter(socket: Socket, type: number): { count: number } {
  const seen = { count: 0 };
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      if (rest[3] === type) seen.count++;
      rest = rest.subarray(9 + rest.readUIntBE(0, 3));
    }
  });
  return seen;
}

/** Waits for input until `condition` holds or the gateway hangs up. */
async function until(socket: Socket, condition: () => boolean): Promise<void> {
  const gone = closed(socket);
  while (!condition() && !socket.destroyed) await Promise.race([once(socket, 'data').catch(() => {}), gone]);
}

/** Opens `calls` calls at a time, lets heads come, resets them, until the gateway hangs up. Returns how many it took. */
async function resetAfterHeads(port: number, calls: number, most: number): Promise<number> {
  const socket = await openHttp2(port);
  const pongs = counter(socket, FRAME.ping);
  let id = 1;
  for (; !socket.destroyed && id < 2 * most; id += 2 * calls) {
    socket.write(openCalls(id, calls, 'Head'));
    for (let trip = 0; trip < ROUND_TRIPS; trip++) {
      const before = pongs.count;
      socket.write(frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
      await until(socket, () => pongs.count > before);
    }
    socket.write(resetCalls(id, calls));
    await new Promise(setImmediate);
  }
  socket.destroy();
  await closed(socket);
  return (id - 1) / 2;
}

describe('a client that takes calls back', () => {
  let bed: Bed;
  before(async () => {
    bed = await makeBed((stream, headers) => behave(stream, String(headers[':path'])));
  });
  after(() => bed.close());

  it('after their response heads is cut off, and the backend keeps its connections', { timeout: 60_000 }, () =>
    whileNeighbourCalls(bed.port, async () => {
      for (let i = 0; i < 3; i++) {
        const taken = await resetAfterHeads(bed.port, 50, 20_000);
        // Those above the 1,000 that may be reset were refused at once: too many of this client wait.
        assert.ok(taken <= 5_000, `${taken} calls were taken and reset`);
      }
      assert.equal(bed.backend.ended, 0, 'connections that the backend ended for resets');
    }),
  );

  it('by leaving with all of them open harms nobody', { timeout: 60_000 }, () =>
    whileNeighbourCalls(bed.port, async () => {
      for (let i = 0; i < 5; i++) {
        const socket = await openHttp2(bed.port);
        const heads = counter(socket, FRAME.headers);
        socket.write(openCalls(1, 900, 'Head'));
        await until(socket, () => heads.count >= 90);
        socket.destroy();
        await closed(socket);
      }
      assert.equal(bed.backend.ended, 0, 'connections that the backend ended for resets');
    }),
  );

  it('a few on each of many connections harms nobody', { timeout: 60_000 }, () =>
    whileNeighbourCalls(bed.port, async () => {
      for (let i = 0; i < 60; i++) {
        const socket = await openHttp2(bed.port);
        const heads = counter(socket, FRAME.headers);
        socket.write(openCalls(1, 15, 'Head'));
        await until(socket, () => heads.count >= 15);
        socket.write(resetCalls(1, 15));
        await new Promise(setImmediate);
        socket.destroy();
        await closed(socket);
      }
      assert.equal(bed.backend.ended, 0, 'connections that the backend ended for resets');
    }),
  );

  it('by deadlines that nothing can meet harms nobody', { timeout: 60_000 }, () =>
    whileNeighbourCalls(bed.port, async () => {
      const socket = await openHttp2(bed.port);
      const ends = counter(socket, FRAME.headers);
      const deadlines = ['1n', '999u', '1m', '3m'];
      for (let round = 0; round < 20; round++) {
        const deadline = deadlines[round % deadlines.length] ?? '';
        socket.write(openCalls(1 + 200 * round, 100, 'Silent', [['grpc-timeout', deadline]]));
        await until(socket, () => ends.count >= 100 * (round + 1));
      }
      assert.equal(ends.count, 2_000);
      assert.equal(bed.backend.ended, 0, 'connections that the backend ended for resets');
      socket.destroy();
    }),
  );
});
