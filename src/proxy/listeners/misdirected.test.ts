// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as request1 } from 'node:http';
import { connect as connect2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { RequestListener, RouteEntry } from '../../snapshot/index.ts';
import { httpListener, listener, TestGateway } from '../http/gateway.test-support.ts';
import { certificate } from './certificate.test-support.ts';

/** One certificate for all: what a client may coalesce by (RFC 9113 §9.1.1) says nothing of the listeners. */
const NAMES = ['example.org', 'second-example.org', '*.wildcard.org', 'unknown-example.org'];
const CERTIFICATE = await certificate('all', NAMES);

/** Server name, host, and the status: the table of Gateway API's HTTPRouteHTTPSListenerDetectMisdirectedRequests, as its rules say. */
const TABLE: readonly (readonly [serverName: string, host: string, status: number])[] = [
  ['example.org', 'example.org', 200],
  ['example.org', 'second-example.org', 421],
  ['example.org', 'api.wildcard.org', 421],
  ['example.org', 'unknown-example.org', 404],
  ['second-example.org', 'second-example.org', 200],
  ['second-example.org', 'example.org', 421],
  ['second-example.org', 'api.wildcard.org', 421],
  ['second-example.org', 'unknown-example.org', 421],
  ['api.wildcard.org', 'api.wildcard.org', 200],
  ['api.wildcard.org', 'other.wildcard.org', 200],
  ['api.wildcard.org', 'example.org', 421],
  ['api.wildcard.org', 'unknown-example.org', 421],
  ['unknown-example.org', 'example.org', 200],
  ['unknown-example.org', 'second-example.org', 421],
  ['unknown-example.org', 'unknown-example.org', 404],
];

describe('a request on a TLS connection', () => {
  const gateway = new TestGateway();
  const server = createServer((_request, response) => response.end());

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const [entry] = httpListener('l', { '/': 'main' }).virtualHosts[0]?.entries ?? [];
    const tls = { certificates: ['all'], clients: null };
    const of = (name: string, hostname: string, hosts: readonly string[]): RequestListener => {
      const entries = [entry as RouteEntry];
      return listener(name, [], { hostname, tls, virtualHosts: hosts.map(host => ({ hostname: host, entries })) });
    };
    const listeners = [
      of('second', 'second-example.org', ['second-example.org']),
      of('wildcard', '*.wildcard.org', ['*.wildcard.org']),
      of('all', '*', ['example.org']),
    ];
    const clusters = { main: [(server.address() as AddressInfo).port] };
    await gateway.apply({ listeners, clusters, clusterChanges: { protocol: 'h1' }, certificates: [CERTIFICATE] });
  });
  after(() => {
    server.close();
    gateway.close();
  });

  async function dial(servername: string, protocol: string): Promise<TLSSocket> {
    const options = { port: gateway.port, host: '127.0.0.1', rejectUnauthorized: false };
    const socket = connectTls({ ...options, servername, ALPNProtocols: [protocol] });
    await once(socket, 'secureConnect');
    return socket;
  }

  async function by1(serverName: string, host: string): Promise<number> {
    const socket = await dial(serverName, 'http/1.1');
    const request = request1({ createConnection: () => socket, headers: { host }, path: '/' });
    const [response] = await once(request.end(), 'response');
    socket.destroy();
    return response.statusCode;
  }

  async function by2(serverName: string, host: string, fields: Readonly<Record<string, string>> = {}): Promise<number> {
    const socket = await dial(serverName, 'h2');
    const session = connect2(`https://${serverName}`, { createConnection: () => socket });
    const stream = session.request({ ':authority': host, ':path': '/', ...fields });
    const [head] = await once(stream.end(), 'response');
    session.destroy();
    return head[':status'];
  }

  for (const [serverName, host, status] of TABLE) {
    it(`opened for ${serverName}, for the host ${host}, is answered with ${status}, whatever the version`, async () => {
      assert.equal(await by1(serverName, host), status);
      assert.equal(await by2(serverName, host), status);
      // The port of a host is no part of what listeners are told apart by.
      assert.equal(await by2(serverName, `${host}:8443`), status);
    });
  }

  it('is told so as HTTP says it when it is a gRPC call, which knows no such status', async () => {
    const call = { ':method': 'POST', ':path': '/a.B/C', 'content-type': 'application/grpc', te: 'trailers' };
    assert.equal(await by2('second-example.org', 'example.org', call), 421);
    assert.ok(gateway.metric('daemun_request_failures_total', { reason: 'misdirected', source: 'downstream' }) > 0);
  });
});
