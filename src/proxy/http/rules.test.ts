// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Client, Metadata, type Server, status } from '@grpc/grpc-js';
import type { Filter, Rule, WeightedBackend } from '../../snapshot/index.ts';
import { backend, listener, rule, shapesClient, shapesServer, TestGateway, unary } from './gateway.test-support.ts';

const FAULT = {
  httpStatus: 500,
  grpcStatus: status.UNAVAILABLE,
  message: 'the backend is not valid',
  reason: 'no_backend',
};

describe('what a rule does', () => {
  let gateway: TestGateway;
  const servers: Server[] = [];
  const clients: Client[] = [];
  const seen: Record<string, Metadata[]> = {};

  beforeEach(() => {
    gateway = new TestGateway({ accessLog: true });
    for (const name of Object.keys(seen)) delete seen[name];
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) server.forceShutdown();
    gateway.close();
  });

  async function upstream(name: string, onCall: () => void = () => {}): Promise<number> {
    seen[name] = [];
    const { server, port } = await shapesServer({
      Unary: (
        call: { metadata: Metadata; sendMetadata(metadata: Metadata): void },
        done: (error: object | null, reply?: Buffer) => void,
      ) => {
        seen[name]?.push(call.metadata);
        onCall();
        const metadata = new Metadata();
        metadata.set('hostname', name);
        call.sendMetadata(metadata);
        if (call.metadata.get('fail').length > 0) done({ code: status.ABORTED, details: 'asked to' });
        else done(null, Buffer.from(name));
      },
    });
    servers.push(server);
    return port;
  }

  async function start(
    backends: readonly WeightedBackend[],
    changes: Partial<Rule>,
    clusters: Record<string, readonly number[]>,
  ) {
    await gateway.apply({ listeners: [listener('grpc', [rule('r', backends, changes)])], clusters });
    const client = shapesClient(gateway.port);
    clients.push(client);
    return client;
  }

  /** Header metadata of the answer to one call. */
  async function answer(
    client: Client & Record<string, (...args: readonly unknown[]) => unknown>,
    metadata = new Metadata(),
  ) {
    return new Promise<Metadata>(resolve => {
      const call = client['Unary']?.(Buffer.from('x'), metadata, () => {}) as NodeJS.EventEmitter;
      call.once('metadata', resolve);
    });
  }

  it('changes request and response headers, of the rule and of the backend', async () => {
    const filters: Filter[] = [
      { kind: 'request-headers', change: { set: [{ name: 'a', value: 'rule' }], add: [], remove: ['gone'] } },
      { kind: 'response-headers', change: { set: [], add: [{ name: 'b', value: 'rule' }], remove: ['hostname'] } },
    ];
    const ofBackend: Filter[] = [
      { kind: 'request-headers', change: { set: [], add: [{ name: 'a', value: 'backend' }], remove: [] } },
    ];
    const client = await start([backend('a', 1, ofBackend)], { filters }, { a: [await upstream('a')] });
    const metadata = new Metadata();
    metadata.set('gone', '1');
    const head = await answer(client, metadata);
    assert.deepEqual(head.get('b'), ['rule']);
    assert.deepEqual(head.get('hostname'), []);
    assert.deepEqual(head.get('server'), ['daemun']);
    assert.match(String(head.get('x-envoy-upstream-service-time')[0]), /^\d+$/);
    assert.deepEqual(seen['a']?.[0]?.get('a'), ['rule,backend']);
    assert.deepEqual(seen['a']?.[0]?.get('gone'), []);
  });

  it('fails the share of an invalid backend, and only that', async () => {
    const invalid: WeightedBackend = { weight: 1, target: { kind: 'fault', fault: FAULT }, filters: [], session: null };
    const client = await start([backend('a', 3), invalid], {}, { a: [await upstream('a')] });
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => unary(client, Buffer.from('x'))));
    const failed = outcomes.filter(outcome => outcome.status === 'rejected');
    assert.ok(failed.length > 20 && failed.length < 90, `${failed.length} of 200 failed`);
    for (const outcome of failed) assert.equal(outcome.reason.code, status.UNAVAILABLE);
    assert.equal(
      gateway.metric('daemun_route_requests_total', { route: 'default/r', code: 'Unavailable' }),
      failed.length,
    );
  });

  it('mirrors without the client noticing', async () => {
    let mirrored: () => void = () => {};
    const copied = new Promise<void>(resolve => {
      mirrored = resolve;
    });
    const filters: Filter[] = [
      { kind: 'mirror', target: { cluster: 'b' }, share: { numerator: 1, denominator: 1 } },
      { kind: 'mirror', target: { cluster: 'c' }, share: { numerator: 1, denominator: 1 } },
      { kind: 'mirror', target: { cluster: 'a' }, share: { numerator: 0, denominator: 100 } },
    ];
    const clusters = { a: [await upstream('a')], b: [await upstream('b', () => mirrored())], c: [] };
    const client = await start([backend('a')], { filters }, clusters);
    assert.equal(String(await unary(client, Buffer.from('x'))), 'a');
    await copied;
    assert.equal(seen['a']?.length, 1);
    assert.equal(seen['b']?.length, 1);
  });

  it('keeps a session at its endpoint', async () => {
    const clusters = { a: [await upstream('1'), await upstream('2'), await upstream('3')] };
    const session = { kind: 'header', sessionName: 'x-session', absoluteTimeoutMs: null } as const;
    const client = await start([backend('a')], { sessionPersistence: session }, clusters);
    const first = await answer(client);
    const metadata = new Metadata();
    metadata.set('x-session', String(first.get('x-session')[0]));
    for (let i = 0; i < 6; i++) {
      const next = await answer(client, metadata);
      assert.deepEqual(next.get('hostname'), first.get('hostname'));
      assert.deepEqual(next.get('x-session'), []);
    }
  });

  it('begins a session anew by the weights when its backend has no endpoint left', async () => {
    const clusters = { blue: [await upstream('blue')], green: [await upstream('green')] };
    const session = { kind: 'header', sessionName: 'x-session', absoluteTimeoutMs: null } as const;
    const backends = [backend('blue', 1), backend('green', 0)];
    const first = await answer(await start(backends, { sessionPersistence: session }, clusters));
    assert.deepEqual(first.get('hostname'), ['blue']);
    const metadata = new Metadata();
    metadata.set('x-session', String(first.get('x-session')[0]));
    const moved = [backend('blue', 0), backend('green', 1)];
    const client = await start(moved, { sessionPersistence: session }, clusters);
    assert.deepEqual((await answer(client, metadata)).get('hostname'), ['blue']);
    await start(moved, { sessionPersistence: session }, { ...clusters, blue: [] });
    const next = await answer(client, metadata);
    assert.deepEqual(next.get('hostname'), ['green']);
    metadata.set('x-session', String(next.get('x-session')[0]));
    const kept = await answer(client, metadata);
    assert.deepEqual([kept.get('hostname'), kept.get('x-session')], [['green'], []]);
  });

  it('answers a request that is not gRPC with 404 and text', async () => {
    await start([], {}, {});
    await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    const stream = session.request({ ':path': '/index.html' });
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    assert.equal(headers[':status'], 404);
    const [body] = await once(stream, 'data');
    if (!stream.readableEnded) await once(stream, 'end');
    const labels = { http_request_method: 'GET', http_response_status_code: '404', url_scheme: 'http' };
    assert.equal(gateway.metric('http_server_request_duration_seconds', { ...labels, gateway: 'default/gw' }), 1);
    assert.equal(gateway.metric('grpc_server_handled_total'), 0);
    assert.match(String(body), /no route matches GET \/index.html on host 127\.0\.0\.1/);
    session.destroy();
  });

  it('tells gRPC-Web what it is, and a host that no route is for from a method that none takes', async () => {
    await start([], {}, {});
    const hosts = [{ ...listener('grpc', []), virtualHosts: [{ hostname: 'a.test', entries: [] }] }];
    await gateway.apply({ listeners: hosts, clusters: {} });
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    const ask = async (headers: Record<string, string>): Promise<[unknown, string]> => {
      const stream = session.request({ ':method': 'POST', ':path': '/x.Y/Z', ':authority': 'a.test', ...headers });
      stream.end();
      const [answered] = (await once(stream, 'response')) as [IncomingHttpHeaders];
      let body = '';
      for await (const part of stream) body += part;
      return [answered[':status'], body + decodeURIComponent(String(answered['grpc-message'] ?? ''))];
    };
    const [code, text] = await ask({ 'content-type': 'application/grpc-web+proto' });
    assert.equal(code, 415);
    assert.match(text, /^this request is gRPC-Web \(application\/grpc-web\+proto\), .* call with a gRPC client/);
    const grpc = { 'content-type': 'application/grpc' };
    assert.deepEqual(await ask(grpc), [200, 'no route matches /x.Y/Z on host a.test']);
    assert.deepEqual(await ask({ ...grpc, ':authority': 'b.test' }), [
      200,
      'no route matches /x.Y/Z on host b.test: no route is for this host',
    ]);
    session.destroy();
  });

  it('answers a request that is not gRPC when it has ended, a gRPC request at once', async () => {
    await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    const plain = session.request({ ':method': 'POST', ':path': '/upload' });
    const grpc = session.request({ ':method': 'POST', ':path': '/s.S/M', 'content-type': 'application/grpc' });
    const [head] = (await once(grpc, 'response')) as [IncomingHttpHeaders];
    assert.equal(head['grpc-status'], String(status.UNIMPLEMENTED));
    assert.equal(plain.sentHeaders[':path'], '/upload');
    plain.end('the rest');
    const [answered] = (await once(plain, 'response')) as [IncomingHttpHeaders];
    assert.equal(answered[':status'], 404);
    session.destroy();
  });

  it('writes one line per request to the access log', async () => {
    const client = await start([backend('a')], {}, { a: [await upstream('a')] });
    const metadata = new Metadata();
    metadata.set('fail', '1');
    await assert.rejects(unary(client, Buffer.from('x'), metadata), { code: status.ABORTED });
    gateway.close();
    const line = JSON.parse(gateway.accessLog);
    assert.equal(line.route, 'default/r');
    assert.equal(line.grpc_status, 'Aborted');
    assert.equal(line.path, '/test.Shapes/Unary');
    assert.equal(line.listener, 'default/gw/grpc');
    assert.match(line.endpoint, /^127\.0\.0\.1:\d+$/);
    assert.match(line.request_id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(seen['a']?.[0]?.get('x-request-id'), [line.request_id]);
  });

  it('tells UNAVAILABLE when there is no endpoint', async () => {
    const client = await start([backend('a')], {}, { a: [] });
    await assert.rejects(unary(client, Buffer.from('x')), { code: status.UNAVAILABLE });
  });
});
