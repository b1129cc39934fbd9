// SPDX-License-Identifier: Apache-2.0

/** Clients of HTTP/2 that are answered while they send, and read only later. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { httpListener, TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import { cleanUp, listen } from '../../src/proxy/upstream/cluster-pool.test-support.ts';
import { VirtualClock } from '../../src/proxy/virtual-clock.test-support.ts';
import { until } from '../../src/time/until.test-support.ts';
import { END_HEADERS, END_STREAM, FRAME, frame, literalBlock, openHttp2 } from './raw-frames.ts';

const HEAD = literalBlock([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a.test'],
]);
const PIECE = frame(FRAME.data, 0, 1, Buffer.alloc(16_384));

/** A client whose first stream was answered when its head was there. */
class Answered {
  readonly clock: VirtualClock;
  readonly #socket: Socket;
  #input = Buffer.alloc(0);
  /** What it may send on its stream. */
  window = 262_144;
  isOver = false;
  readonly resets: number[] = [];

  constructor(socket: Socket, clock: VirtualClock) {
    this.clock = clock;
    this.#socket = socket;
    socket.on('data', chunk => this.#read(chunk));
  }

  static async open(): Promise<Answered> {
    const endpoint = await listen(socket => {
      socket.once('data', () => void socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig'));
    });
    const clock = new VirtualClock();
    const gateway = new TestGateway({}, undefined, clock);
    await gateway.apply({
      listeners: [httpListener('web', { '/': 'a' })],
      clusters: { a: [endpoint.port] },
      clusterChanges: { protocol: 'h1' },
    });
    const socket = await openHttp2(gateway.port);
    closers.push(
      () => socket.destroy(),
      () => gateway.close(),
    );
    const client = new Answered(socket, clock);
    client.send(frame(FRAME.headers, END_HEADERS, 1, HEAD));
    await until(() => client.isOver);
    return client;
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** As much as it may, at most `bytes`; how much that was. */
  fill(bytes: number): number {
    const pieces = Math.floor(Math.min(bytes, this.window) / 16_384);
    this.window -= pieces * 16_384;
    this.send(Buffer.concat(Array.from({ length: pieces }, () => PIECE)));
    return pieces * 16_384;
  }

  #read(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (this.#input.length >= 9) {
      const length = this.#input.readUIntBE(0, 3);
      if (this.#input.length < 9 + length) return;
      const [type, flags, id] = [this.#input[3], this.#input[4] as number, this.#input.readUInt32BE(5)];
      const first = length >= 4 ? this.#input.readUInt32BE(9) : 0;
      if (type === FRAME.rstStream) this.resets.push(first);
      if (type === FRAME.windowUpdate && id === 1) this.window += first;
      if (type === FRAME.data && (flags & END_STREAM) !== 0) this.isOver = true;
      this.#input = this.#input.subarray(9 + length);
    }
  }
}

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await cleanUp();
});

describe('a client of HTTP/2 that is answered while it sends', () => {
  it('may send to the end of its request, and sees no reset', async () => {
    const client = await Answered.open();
    for (let left = 1_474_560; left > 0; left -= client.fill(left)) await until(() => client.window >= 16_384);
    client.send(Buffer.concat([frame(FRAME.data, END_STREAM, 1), frame(FRAME.headers, END_HEADERS, 3, HEAD)]));
    client.isOver = false;
    await until(() => client.isOver);
    client.clock.advance(2_000);
    assert.deepEqual(client.resets, []);
  });

  it('is reset, and told that nothing is wrong, after a second', async () => {
    const client = await Answered.open();
    client.clock.advance(980);
    client.send(frame(FRAME.headers, END_HEADERS, 3, HEAD));
    client.isOver = false;
    await until(() => client.isOver);
    assert.deepEqual(client.resets, []);
    client.clock.advance(20);
    await until(() => client.resets.length > 0);
    assert.equal(client.resets[0], 0);
  });

  it('or when it sent 4 MiB more', async () => {
    const client = await Answered.open();
    let sent = 0;
    while (client.resets.length === 0) {
      sent += client.fill(16_384);
      await until(() => client.window >= 16_384 || client.resets.length > 0);
    }
    assert.deepEqual([client.resets, sent > 4_194_304, sent < 5_000_000], [[0], true, true]);
  });
});
