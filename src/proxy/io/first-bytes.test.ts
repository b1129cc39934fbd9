// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { describe, it } from 'node:test';
import { FirstBytes, type FirstBytesParts } from './first-bytes.ts';
import { MemoryBudget } from './memory-budget.ts';
import { SocketLoop } from './socket-loop.ts';

const SAID = 16_000;
const LIMIT = 40_000;

/** Never hears enough. */
class Insatiable extends FirstBytes {
  readonly #events: EventEmitter;
  #heard = 0;
  /** The memory that it was shown. */
  readonly seen = new Set<ArrayBufferLike>();

  constructor(socket: Socket, parts: FirstBytesParts, events: EventEmitter) {
    super(socket, parts, 10_000);
    this.#events = events;
  }

  protected judge(bytes: Buffer): boolean {
    this.#heard = bytes.length;
    this.seen.add(bytes.buffer);
    if (this.#heard === SAID) this.#events.emit('heard');
    return false;
  }

  protected onGone(reason: 'timeout' | 'closed'): void {
    this.#events.emit('gone', reason);
  }
}

describe('sockets that do not say what they speak', () => {
  it('cost few copies though they say it byte by byte, and are charged with the room for it', () => {
    const loop = new SocketLoop(() => 0);
    const memory = new MemoryBudget(LIMIT, () => {});
    const socket = new Socket();
    try {
      const reader = new Insatiable(socket, { loop, memory }, new EventEmitter());
      const said = Buffer.allocUnsafeSlow(1);
      for (let at = 0; at < 16_389; at++) reader.takeInput(said, 1);
      assert.ok(reader.seen.size < 20, `copied to ${reader.seen.size} places`);
      assert.ok(memory.bytes > 16_389 && memory.bytes < 2 * 16_389 + 1_000, `${memory.bytes} bytes`);
      reader.shed();
      assert.equal(memory.bytes, 0);
    } finally {
      socket.destroy();
      loop.close();
    }
  });

  it('are charged with what is kept of them, and end where the worker has no room', async () => {
    const loop = new SocketLoop(() => 0);
    const reports: string[] = [];
    const memory = new MemoryBudget(LIMIT, limit => reports.push(limit));
    const events = new EventEmitter();
    const server = createServer(socket => new Insatiable(socket, { loop, memory }, events));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const clients: Socket[] = [];
    try {
      const { port } = server.address() as AddressInfo;
      const say = async (): Promise<Socket> => {
        const client = connect({ port, host: '127.0.0.1' });
        client.on('error', () => {});
        clients.push(client);
        client.write(Buffer.alloc(SAID));
        await once(events, 'heard');
        return client;
      };
      await say();
      await say();
      assert.ok(memory.bytes >= 2 * SAID && memory.bytes < 2 * SAID + 2_000, `${memory.bytes} of ${2 * SAID} bytes`);
      const gone = once(events, 'gone');
      await say();
      assert.deepEqual(await gone, ['closed']);
      assert.deepEqual(reports, ['worker_buffer']);
      assert.ok(memory.bytes >= 2 * SAID && memory.bytes < 2 * SAID + 2_000, `${memory.bytes} of ${2 * SAID} bytes`);
      for (const client of clients) client.destroy();
      while (memory.bytes > 0) await once(events, 'gone');
    } finally {
      for (const client of clients) client.destroy();
      server.close();
      loop.close();
    }
  });
});
