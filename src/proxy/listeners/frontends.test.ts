// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ClientNamespace, EMPTY_SNAPSHOT, type Listener, type TcpListener } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { httpListener, type SnapshotParts, TestGateway } from '../http/gateway.test-support.ts';
import { StreamBed, streamRule } from '../l4/l4.test-support.ts';

const FRONTEND = { namespace: 'faces', name: 'smiley', address: '10.96.0.7', port: 80 };
const ID = 'Service/faces/smiley:80';

/** Requests of clients of a namespace, null: of all others, to a cluster. */
function requestsOf(clients: string | null, cluster: string): Listener {
  const id = clients === null ? ID : `${ID}/${clients}`;
  return { ...httpListener(id, { '/': cluster }), id, gateway: null, clients };
}

function bytesOf(clients: string | null, cluster: string): TcpListener {
  const id = clients === null ? ID : `${ID}/${clients}`;
  const rule = streamRule('r', { [cluster]: 1 });
  return { kind: 'tcp', id, gateway: null, listenerSet: null, clients, name: 'http', hostname: '*', rule };
}

const of = (address: string, namespace: string): ClientNamespace => ({ range: `${address}/32`, namespace });

describe('the port of a Service that is routed', () => {
  let gateway: TestGateway;
  let bed: StreamBed;
  let servers: Server[];
  let sockets: Socket[];

  beforeEach(() => {
    gateway = new TestGateway({ accessLog: true });
    bed = new StreamBed();
    servers = [];
    sockets = [];
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close().closeAllConnections();
    bed.close();
    gateway.close();
  });

  async function backendOf(name: string): Promise<number> {
    const server = createServer((_, response) => response.end(name));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function serve(parts: Pick<SnapshotParts, 'listeners' | 'clients'>): Promise<void> {
    const protocols = { own: 'tcp', consumers: 'h1', producers: 'h1' } as const;
    await gateway.apply({ ...parts, frontend: FRONTEND, clusters, protocols });
  }
  let clusters: Record<string, number[]>;
  beforeEach(async () => {
    const names = ['own', 'consumers', 'producers'];
    clusters = Object.fromEntries(await Promise.all(names.map(async name => [name, [await backendOf(name)]])));
  });

  async function dial(from: string): Promise<Socket> {
    const socket = connect({ port: gateway.port, host: '127.0.0.1', localAddress: from });
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** What answers one more request on a connection; '': it was closed instead. */
  async function ask(socket: Socket): Promise<string> {
    socket.write('GET / HTTP/1.1\r\nhost: anything\r\n\r\n');
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      if (/\r\n\r\n(?:own|consumers|producers)|404 /.test(text)) socket.emit('answered');
    };
    socket.on('data', read);
    await Promise.race([once(socket, 'answered'), once(socket, 'close')]);
    socket.off('data', read);
    return /(own|consumers|producers|404)/.exec(text)?.[0] ?? '';
  }

  it('is routed by the namespace of the client, all others by what is for all', async () => {
    const clients = [of('127.0.0.2', 'fast-clients'), of('127.0.0.3', 'others')];
    await serve({ listeners: [requestsOf(null, 'producers'), requestsOf('fast-clients', 'consumers')], clients });
    const answers = await Promise.all(['127.0.0.2', '127.0.0.3', '127.0.0.4'].map(async from => ask(await dial(from))));
    assert.deepEqual(answers, ['consumers', 'producers', 'producers']);
  });

  it('passes on the bytes of clients that no route is for', async () => {
    const listeners = [bytesOf(null, 'own'), requestsOf('fast-clients', 'consumers')];
    await serve({ listeners, clients: [of('127.0.0.2', 'fast-clients')] });
    assert.equal(await ask(await dial('127.0.0.2')), 'consumers');
    assert.equal(await ask(await dial('127.0.0.9')), 'own');
  });

  it('counts and logs clients by their namespaces', async () => {
    const clients = [of('127.0.0.2', 'fast-clients')];
    await serve({ listeners: [bytesOf(null, 'own'), requestsOf('fast-clients', 'consumers')], clients });
    assert.equal(await ask(await dial('127.0.0.2')), 'consumers');
    assert.equal(await ask(await dial('127.0.0.9')), 'own');
    for (const socket of sockets) socket.destroy();
    await until(() => gateway.metric('daemun_streams') === 0);
    const frontend = 'faces/smiley:80';
    const [requests, streams] = ['daemun_frontend_requests_total', 'daemun_frontend_streams_total'];
    assert.equal(gateway.metric(requests ?? '', { frontend, client_namespace: 'fast-clients' }), 1);
    assert.equal(gateway.metric(streams ?? '', { frontend, client_namespace: '' }), 1);
    assert.equal(gateway.metric('http_server_request_duration_seconds', { gateway: ID }), 1);
    gateway.runtime.close();
    const lines = gateway.accessLog
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map(line => [line['client_namespace'], line['gateway'], line['listener'], line['protocol']]),
      [
        ['fast-clients', ID, `${ID}/fast-clients`, 'HTTP/1.1'],
        ['', ID, ID, 'tcp'],
      ],
    );
  });

  it('is counted from its first client on, until it is gone', async () => {
    const ofBinding = (): number =>
      gateway.reader.read().flatMap(({ samples }) => samples.filter(({ labels }) => 'binding' in labels)).length;
    await serve({ listeners: [requestsOf(null, 'producers')] });
    assert.equal(ofBinding(), 0);
    assert.equal(await ask(await dial('127.0.0.9')), 'producers');
    assert.equal(gateway.metric('daemun_downstream_connections_total'), 1);
    assert.ok(ofBinding() > 0);
    for (const socket of sockets) socket.destroy();
    await gateway.runtime.apply(EMPTY_SNAPSHOT);
    await until(() => ofBinding() === 0);
  });

  it('decides the next request of a client anew that turns out to be of another namespace', async () => {
    const listeners = [requestsOf(null, 'producers'), requestsOf('fast-clients', 'consumers')];
    await serve({ listeners, clients: [] });
    const client = await dial('127.0.0.2');
    assert.equal(await ask(client), 'producers');
    await serve({ listeners, clients: [of('127.0.0.2', 'fast-clients')] });
    assert.equal(await ask(client), 'consumers');
    await serve({ listeners, clients: [] });
    assert.equal(await ask(client), 'producers');
  });

  it('ends a connection of requests once the clients are given to a stream', async () => {
    await serve({ listeners: [requestsOf(null, 'producers')], clients: [] });
    const client = await dial('127.0.0.2');
    assert.equal(await ask(client), 'producers');
    await serve({ listeners: [bytesOf(null, 'own')], clients: [] });
    assert.match(await ask(client), /^(?:producers)?$/);
    assert.equal(await ask(client), '');
    assert.equal(await ask(await dial('127.0.0.2')), 'own');
  });
});
