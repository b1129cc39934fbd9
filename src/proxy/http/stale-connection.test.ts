// SPDX-License-Identifier: Apache-2.0

/** A backend that ends a kept HTTP/1.1 connection at the moment at which the next request is on its way (RFC 9112 §9.3.1, §9.5). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { httpListener, TestGateway } from './gateway.test-support.ts';

describe('a kept connection that its server ends instead of an answer', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  /** Answers the first request of each connection; `second` is what the next one meets. */
  async function start(seen: string[], second: (socket: Socket) => void): Promise<number> {
    const server: Server = createServer(socket => {
      let requests = 0;
      closers.push(() => socket.destroy());
      socket.on('error', () => {});
      socket.on('data', part => {
        const [line = ''] = part.toString('latin1').split('\r\n');
        if (!line.endsWith(' HTTP/1.1')) return;
        requests++;
        seen.push(line);
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        else second(socket);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  /** A gateway before two such servers whose connections were used once. */
  async function warm(second: (socket: Socket) => void): Promise<{ gateway: TestGateway; seen: string[] }> {
    const seen: string[] = [];
    const ports = [await start(seen, second), await start(seen, second)];
    const gateway = new TestGateway();
    closers.push(() => gateway.close());
    await gateway.apply({
      listeners: [httpListener('web', { '/': 'a' })],
      clusters: { a: ports },
      clusterChanges: { protocol: 'h1' },
    });
    for (let time = 0; time < 2; time++) assert.equal(await ask(gateway.port, 'GET'), 200);
    assert.equal(gateway.metric('daemun_upstream_connections'), 2);
    seen.length = 0;
    return { gateway, seen };
  }

  async function ask(port: number, method: string): Promise<number | undefined> {
    const asked = request({ host: '127.0.0.1', port, path: '/cart', method, agent: false });
    asked.end(method === 'POST' ? 'x' : undefined);
    const [response] = await once(asked, 'response');
    response.resume();
    return response.statusCode;
  }

  const ENDS: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['in order', socket => socket.end()],
    ['by a reset', socket => socket.resetAndDestroy()],
  ];
  for (const [how, end] of ENDS) {
    it(`costs nothing to a request that may be sent twice (${how})`, async () => {
      const { gateway, seen } = await warm(end);
      assert.equal(await ask(gateway.port, 'GET'), 200);
      assert.ok(seen.length >= 2 && seen.every(line => line === 'GET /cart HTTP/1.1'), seen.join());
      assert.equal(gateway.metric('daemun_upstream_retries_total'), seen.length - 1);
      assert.equal(gateway.metric('daemun_request_failures_total'), 0);
    });

    it(`fails a request that may not, which no server sees twice (${how})`, async () => {
      const { gateway, seen } = await warm(end);
      assert.equal(await ask(gateway.port, 'POST'), 503);
      assert.deepEqual(seen, ['POST /cart HTTP/1.1']);
      assert.equal(gateway.metric('daemun_upstream_retries_total'), 0);
      assert.equal(
        gateway.metric('daemun_request_failures_total', { reason: 'upstream_reset', source: 'upstream' }),
        1,
      );
    });
  }

  it('fails a request whose answer had begun', async () => {
    const { gateway, seen } = await warm(socket => socket.end('HTTP/1.1 2'));
    assert.equal(await ask(gateway.port, 'GET'), 503);
    assert.equal(seen.length, 1);
  });
});
