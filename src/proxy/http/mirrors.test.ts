// SPDX-License-Identifier: Apache-2.0

/** Mirrors never slow or fail the request that they copy, whatever they do (HTTPRequestMirrorFilter). */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Filter, Listener } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { ask1, CLIENTS, type Echoed, echoServer, type TestServer } from './external-auth.test-support.ts';
import { backend, listener, rule, TestGateway } from './gateway.test-support.ts';

const LARGE = 'large '.repeat(60_000);

function mirror(cluster: string): Filter {
  return { kind: 'mirror', target: { cluster }, share: { numerator: 1, denominator: 1 } };
}

/** All requests go to cluster `a`, copies as `ofRule` and the backend's own filters say. */
function mirroring(ofRule: readonly Filter[], ofBackend: readonly Filter[] = []): Listener {
  const path = { kind: 'prefix', value: '/' } as const;
  const match = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
  const copied = rule('r', [backend('a', 1, ofBackend)], { filters: ofRule });
  return listener('web', [], { virtualHosts: [{ hostname: '*', entries: [{ match, rule: copied, matchIndex: 0 }] }] });
}

describe('a mirror', () => {
  let gateway: TestGateway;
  let endpoint: Awaited<ReturnType<typeof echoServer>>;
  const closers: (() => void)[] = [];

  beforeEach(async () => {
    gateway = new TestGateway();
    endpoint = await echoServer('h1');
    closers.push(endpoint.close);
  });
  afterEach(() => {
    gateway.close();
    for (const close of closers.splice(0)) close();
  });

  /** A server that does this with each connection; `connected` is told. */
  async function server(events: EventEmitter, onSocket: (socket: Socket) => void): Promise<TestServer> {
    const sockets = new Set<Socket>();
    const listening = createServer(socket => {
      sockets.add(socket);
      socket.on('error', () => {});
      onSocket(socket);
      events.emit('connected');
    });
    listening.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const close = (): void => {
      listening.close();
      for (const socket of sockets) socket.destroy();
    };
    closers.push(close);
    const address = listening.address();
    return { port: typeof address === 'object' && address !== null ? address.port : 0, close };
  }

  async function start(web: Listener, m: readonly number[], protocol: 'h1' | 'h2' = 'h1'): Promise<void> {
    await gateway.apply({
      listeners: [web],
      clusters: { a: [endpoint.port], m },
      protocols: { a: 'h1', m: protocol },
    });
  }

  it('that never answers takes a quarter of the places for copies, and leaves the others to those of other rules', async () => {
    const silent = await server(new EventEmitter(), () => {});
    const copies = await echoServer('h1');
    closers.push(copies.close);
    const entry = (value: string, to: string) => {
      const match = {
        kind: 'http',
        path: { kind: 'prefix', value },
        method: null,
        headers: [],
        queryParams: [],
      } as const;
      return { match, rule: rule(value, [backend('a')], { filters: [mirror(to)] }), matchIndex: 0 };
    };
    const virtualHosts = [{ hostname: '*', entries: [entry('/silent', 'm'), entry('/sound', 'n')] }];
    const clusters = { a: [endpoint.port], m: [silent.port], n: [copies.port] };
    await gateway.apply({
      listeners: [listener('web', [], { virtualHosts })],
      clusters,
      protocols: { a: 'h1', m: 'h1', n: 'h1' },
    });
    const ask = ask1;
    for (let asked = 0; asked < 253; asked++) await ask(gateway.port, { method: 'GET', path: '/silent' });
    assert.equal(gateway.metric('daemun_limit_hits_total', { limit: 'active_mirrors' }), 3);
    await ask(gateway.port, { method: 'GET', path: '/sound' });
    await until(() => copies.calls > 0);
    assert.equal(gateway.metric('daemun_limit_hits_total', { limit: 'active_mirrors' }), 3);
  });

  for (const [version, ask] of CLIENTS) {
    const asked = { method: 'POST', path: '/x', body: LARGE };
    const isWhole = async (): Promise<void> => {
      const { status, text } = await ask(gateway.port, asked);
      assert.equal(status, 200);
      assert.equal((JSON.parse(text) as Echoed).body.length, LARGE.length);
    };

    for (const protocol of ['h1', 'h2'] as const) {
      it(`by ${protocol} that is dead, silent or resets does nothing to requests by ${version}`, async () => {
        const events = new EventEmitter();
        const dead = await server(events, () => {});
        dead.close();
        const silent = await server(events, () => {});
        const resetting = await server(events, socket => socket.once('data', () => socket.resetAndDestroy()));
        for (const ports of [[dead.port], [], [silent.port], [resetting.port]]) {
          await start(mirroring([mirror('m')]), ports, protocol);
          await isWhole();
        }
        assert.equal(endpoint.calls, 4);
      });

      it(`by ${protocol} gets requests by ${version} with their bodies, from rules and backends`, async () => {
        const copies = await echoServer(protocol);
        closers.push(copies.close);
        const copied = new Promise<void>(resolve => {
          let calls = 0;
          Object.defineProperty(copies, 'calls', {
            get: () => calls,
            set: (value: number) => {
              calls = value;
              if (calls === 3) resolve();
            },
          });
        });
        await start(mirroring([mirror('m'), mirror('m')], [mirror('m')]), [copies.port], protocol);
        const { text } = await ask(gateway.port, { method: 'POST', path: '/x', body: 'data' });
        assert.equal((JSON.parse(text) as Echoed).body, 'data');
        await copied;
        assert.equal(endpoint.calls, 1);
      });
    }

    it(`that is the endpoint itself gets a copy of a request by ${version}, which is answered once`, async () => {
      await start(mirroring([mirror('a')]), []);
      await isWhole();
      assert.ok(endpoint.calls >= 1 && endpoint.calls <= 2, String(endpoint.calls));
    });
  }
});
