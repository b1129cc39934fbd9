// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Listener } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { httpListener, TestGateway } from '../http/gateway.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { streamRule } from '../l4/l4.test-support.ts';
import type { WorkerSettings } from '../workers/worker-runtime.ts';

const FRONTEND = { namespace: 'faces', name: 'smiley', address: '10.96.0.7', port: 80 };
const OWNER = { id: 'Service/faces/smiley:80', gateway: null, listenerSet: null, clients: null } as const;
const REQUESTS: Listener = { ...httpListener(OWNER.id, { '/': 'endpoint' }), ...OWNER };
const STREAMS: Listener = {
  ...OWNER,
  kind: 'tcp',
  name: 'http',
  hostname: '*',
  rule: streamRule('r', { endpoint: 1 }),
};
const [GREEDY, OTHER, THIRD] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

describe('clients of a Service that share a worker', () => {
  let nowMs: number;
  let gateway: TestGateway;
  let endpoint: Server;
  let sockets: Socket[];

  beforeEach(async () => {
    nowMs = 1_000_000;
    sockets = [];
    endpoint = createServer(({ url }, response) => {
      if (url !== '/held') response.end('served');
    }).listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    endpoint.close().closeAllConnections();
    gateway.close();
  });

  const hits = (limit = 'client_share'): number => gateway.metric('daemun_limit_hits_total', { limit });

  async function serve(listener: Listener, settings: Partial<WorkerSettings>): Promise<void> {
    gateway = new TestGateway(settings, new SocketLoop(() => nowMs));
    const clusters = { endpoint: [(endpoint.address() as AddressInfo).port] };
    const protocol = listener === STREAMS ? 'tcp' : 'h1';
    const clusterChanges = { protocol, maxPendingRequests: 4 } as const;
    await gateway.apply({ listeners: [listener], frontend: FRONTEND, clusters, clusterChanges });
  }

  /** Whether a request on the connection is answered; else it was closed. */
  function isServed(socket: Socket): Promise<boolean> {
    return new Promise(resolve => {
      socket.once('data', data => resolve(/^HTTP\/1.1 200 /.test(data.toString()))).once('close', () => resolve(false));
      if (socket.closed) resolve(false);
      else socket.write('GET / HTTP/1.1\r\nhost: anything\r\n\r\n');
    });
  }

  function dial(from: string): Socket {
    const socket = connect({ port: gateway.port, host: '127.0.0.1', localAddress: from }).on('error', () => undefined);
    sockets.push(socket);
    return socket;
  }

  it('find room beside one that takes all it gets, and it gets some again when it has given back', async () => {
    await serve(STREAMS, { maxConnections: 6 });
    const greedy = [dial(GREEDY), dial(GREEDY)];
    for (const socket of greedy) assert.equal(await isServed(socket), true);
    assert.equal(await isServed(dial(GREEDY)), false);
    assert.equal(hits(), 1);
    assert.equal(await isServed(dial(OTHER)), true);
    for (const socket of greedy) socket.destroy();
    await until(() => gateway.metric('daemun_downstream_connections') === 1);
    assert.equal(await isServed(dial(THIRD)), true);
    assert.equal(await isServed(dial(GREEDY)), true);
    assert.equal(hits(), 1);
  });

  it('find connections to an endpoint and places in its line beside one that has its calls held there', async () => {
    await serve(REQUESTS, { maxEndpointConnections: 20 });
    const active = (): number => gateway.metric('daemun_downstream_requests_active');
    // The endpoint gets ten connections, and four requests may wait.
    for (let count = 0; count < 20; count++) dial(GREEDY).write('GET /held HTTP/1.1\r\nhost: anything\r\n\r\n');
    await until(() => active() + hits('pending_requests') === 20);
    assert.equal(await isServed(dial(OTHER)), true);
  });

  it('keep idle connections; one that has its share makes room for itself out of its own', async () => {
    await serve(REQUESTS, { maxConnections: 8 });
    const other = dial(OTHER);
    assert.equal(await isServed(other), true);
    for (let count = 0; count < 5; count++) assert.equal(await isServed(dial(GREEDY)), true);
    nowMs += 2_000;
    assert.equal(await isServed(dial(GREEDY)), false);
    assert.equal(await isServed(other), true);
    assert.equal(await isServed(dial(GREEDY)), true);
    assert.equal(hits(), 1);
  });
});
