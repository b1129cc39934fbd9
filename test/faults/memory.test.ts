// SPDX-License-Identifier: Apache-2.0

/**
 * Peers on either side whose few bytes would cost much memory: caps count what is held, not what was sent. What this thread
 * holds is measured, in which gateway, peers and neighbour live together, while the attack stands and after it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Bed, HOST, heldMiB, makeBed, whileNeighbourCalls } from './bed.ts';
import {
  closed,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  grpcHead,
  literalBlock,
  openHttp2,
  openRaw,
  PREFACE,
  SETTINGS_ACK,
} from './raw-frames.ts';

const HEAD = grpcHead('/faults.Faults/Other', HOST);
const ONE_BYTE = Buffer.from([0]);
/** SETTINGS that lets nobody send a byte of DATA. */
const NO_WINDOW = frame(FRAME.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
const WIDE = frame(FRAME.windowUpdate, 0, 0, Buffer.from([0x3f, 0xff, 0, 0]));

/** Frames of one byte for stream `id`, `count` of them. */
function drops(id: number, count: number): Buffer {
  const one = frame(FRAME.data, 0, id, ONE_BYTE);
  return Buffer.concat(Array<Buffer>(count).fill(one));
}

interface Backend {
  readonly server: Server;
  readonly port: number;
  /** Resolves when so many responses are on their way. */
  hasWritten(responses: number): Promise<void>;
}

/** An HTTP/2 backend that takes no DATA, and answers each request with `response`. */
async function startBackend(response: (id: number) => readonly Buffer[]): Promise<Backend> {
  let written = 0;
  let onWritten = (): void => {};
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.write(Buffer.concat([NO_WINDOW, SETTINGS_ACK]));
    let input = Buffer.alloc(0);
    let skip = PREFACE.length;
    socket.on('data', (chunk: Buffer) => {
      input = Buffer.concat([input, chunk]);
      const begun = Math.min(skip, input.length);
      skip -= begun;
      input = input.subarray(begun);
      while (input.length >= 9 && input.length >= 9 + input.readUIntBE(0, 3)) {
        if (input[3] === FRAME.headers) {
          for (const piece of response(input.readUInt32BE(5))) socket.write(piece);
          socket.write(SETTINGS_ACK, () => {
            written++;
            onWritten();
          });
        }
        input = input.subarray(9 + input.readUIntBE(0, 3));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const hasWritten = (responses: number): Promise<void> =>
    new Promise(resolve => {
      onWritten = () => (written >= responses ? resolve() : undefined);
      onWritten();
    });
  return { server, port: address.port, hasWritten };
}

/** Writes and waits while the peer takes its time. */
async function send(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return;
  await new Promise<void>(resolve => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}

/** Resolves once the gateway has read all that was sent so far: it answers a PING. */
async function untilRead(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const mark = Buffer.from('12345678');
  const answered = new Promise<void>(resolve => {
    const done = (): void => {
      socket.off('data', onData);
      socket.off('close', done);
      resolve();
    };
    const onData = (chunk: Buffer): void => (chunk.includes(mark) ? done() : undefined);
    socket.on('data', onData);
    socket.once('close', done);
  });
  socket.write(frame(FRAME.ping, 0, 0, mark));
  await answered;
}

/** Left behind at most: pools and what was compiled meanwhile. */
const LEFT_MIB = 25;

/** `attack` answers the sockets that it holds open; meanwhile no more than `limitMiB` may be held, and nearly nothing after. */
async function holdsAtMost(limitMiB: number, port: number, attack: () => Promise<Socket[]>): Promise<void> {
  const before = await heldMiB();
  await whileNeighbourCalls(port, async () => {
    const sockets = await attack();
    const held = (await heldMiB()) - before;
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map(closed));
    assert.ok(held < limitMiB, `${held.toFixed(0)} MiB are held`);
  });
  const left = (await heldMiB()) - before;
  assert.ok(left < LEFT_MIB, `${left.toFixed(0)} MiB are left`);
}

describe('memory, when names of header fields never repeat', () => {
  let bed: Bed;
  before(async () => {
    bed = await makeBed(undefined, { workers: 0 });
  });
  after(() => bed.close());

  it('is bounded by what lists, maps and memos cost', { timeout: 60_000 }, () =>
    holdsAtMost(30, bed.port, async () => {
      const socket = await openHttp2(bed.port);
      for (let at = 0; at < 1_200; at++) {
        const fields = Array.from({ length: 150 }, (_, i) => [`n${at * 150 + i}`, 'v'] as const);
        const block = grpcHead('/faults.Faults/Unary', HOST, fields);
        await send(socket, frame(FRAME.headers, END_HEADERS | END_STREAM, 2 * at + 1, block));
        if (at % 20 === 19) await untilRead(socket);
      }
      return [socket];
    }),
  );
});

describe('memory, when a backend takes nothing', () => {
  let bed: Bed;
  let server: Server;
  before(async () => {
    const backend = await startBackend(() => []);
    server = backend.server;
    bed = await makeBed(undefined, { otherPort: backend.port, workers: 0 });
  });
  after(async () => {
    await bed.close();
    server.close();
  });

  it('is bounded for a client that sends DATA byte by byte on many streams', { timeout: 60_000 }, () =>
    holdsAtMost(25, bed.port, async () => {
      const socket = await openHttp2(bed.port);
      const ids = Array.from({ length: 32 }, (_, at) => 2 * at + 1);
      for (const id of ids) await send(socket, frame(FRAME.headers, END_HEADERS, id, HEAD));
      for (let round = 0; round < 32; round++) for (const id of ids) await send(socket, drops(id, 2_048));
      await untilRead(socket);
      return [socket];
    }),
  );

  it('is bounded for a client whose single bytes come in large reads', { timeout: 60_000 }, () =>
    holdsAtMost(25, bed.port, async () => {
      const sockets = await Promise.all(Array.from({ length: 20 }, () => openHttp2(bed.port)));
      const filler = Buffer.concat(Array<Buffer>(4).fill(frame(200, 0, 0, Buffer.alloc(16_000))));
      for (const socket of sockets) await send(socket, frame(FRAME.headers, END_HEADERS, 1, HEAD));
      for (let round = 0; round < 200; round++) {
        for (const socket of sockets) await send(socket, Buffer.concat([drops(1, 1), filler]));
      }
      for (const socket of sockets) await untilRead(socket);
      return sockets;
    }),
  );
});

describe('memory, when a client takes nothing', () => {
  let bed: Bed;
  let backend: Backend;
  before(async () => {
    const head = literalBlock([
      [':status', '200'],
      ['content-type', 'application/grpc'],
    ]);
    backend = await startBackend(id => {
      const some = drops(id, 1_000);
      return [frame(FRAME.headers, END_HEADERS, id, head), ...Array<Buffer>(60).fill(some)];
    });
    bed = await makeBed(undefined, { otherPort: backend.port, workers: 0 });
  });
  after(async () => {
    await bed.close();
    backend.server.close();
  });

  it('is bounded for a backend that answers byte by byte', { timeout: 60_000 }, () =>
    holdsAtMost(25, bed.port, async () => {
      const socket = await openRaw(bed.port);
      socket.resume();
      await send(socket, Buffer.concat([PREFACE, NO_WINDOW, WIDE]));
      for (let at = 0; at < 150; at++) {
        await send(socket, frame(FRAME.headers, END_HEADERS | END_STREAM, 2 * at + 1, HEAD));
      }
      await backend.hasWritten(150);
      return [socket];
    }),
  );
});
