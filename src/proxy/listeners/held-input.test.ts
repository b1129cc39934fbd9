// SPDX-License-Identifier: Apache-2.0

/** Clients of many connections that each begin something and owe the rest, or say more than is looked at. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { frame } from '../../wire/http2/connection.test-support.ts';
import { CONTINUATION, HEADERS, PREFACE, SETTINGS } from '../../wire/http2/frame.ts';
import { httpListener, TestGateway } from '../http/gateway.test-support.ts';
import { workerBufferBytes } from '../io/index.ts';

/** Of which each has the least there is. */
const WORKERS = 64;
const REQUEST = 'GET / HTTP/1.1\r\nhost: a.test\r\n\r\n';

describe('input that waits', () => {
  let gateway: TestGateway;
  let silent: Server;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    silent = createServer(socket => void sockets.push(socket.on('error', () => {}).resume()));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    gateway = new TestGateway({ workers: WORKERS });
    await gateway.apply({
      listeners: [httpListener('l', { '/': 'silent' })],
      clusters: { silent: [(silent.address() as AddressInfo).port] },
      protocols: { silent: 'h1' },
    });
  });
  afterEach(() => {
    gateway.close();
    silent.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** Says `parts`, each in a read of its own, on as many connections as it takes to fill a worker one and a half times. */
  async function fill(parts: readonly (Buffer | string)[]): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const count = Math.ceil((1.5 * workerBufferBytes(WORKERS)) / bytes);
    for (let at = 0; at < count && hits() === 0; at++) {
      const socket = connect(gateway.port, '127.0.0.1').on('error', () => {});
      sockets.push(socket);
      for (const part of parts) await new Promise(resolve => socket.write(part, resolve));
    }
    await until(() => hits() > 0);
    assert.ok(gateway.metric('daemun_downstream_connections') < count);
  }

  const hits = (): number => gateway.metric('daemun_limit_hits_total', { limit: 'worker_buffer' });

  it('counts where header blocks owe their rest', async () => {
    const part = Buffer.alloc(16_384);
    const parts = Array.from({ length: 14 }, () => frame(CONTINUATION, 0, 1, part));
    await fill([PREFACE, frame(SETTINGS, 0, 0), frame(HEADERS, 0, 1, part), ...parts]);
  });

  it('counts where requests wait for the answer to the one before', async () => {
    await fill([REQUEST, Buffer.alloc(60_000, 'x'), Buffer.alloc(60_000, 'x')]);
  });

  it('counts where a head owes its rest', async () => {
    await fill(['GET / HTTP/1.1\r\nhost: a.test\r\nx: ', Buffer.alloc(30_000, 'x'), Buffer.alloc(30_000, 'x')]);
  });
});
