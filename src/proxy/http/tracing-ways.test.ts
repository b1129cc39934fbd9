// SPDX-License-Identifier: Apache-2.0

/** Traced requests that go another way than most: denied, mirrored, upgraded, given up by their clients. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connect2, constants } from 'node:http2';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sampleTracing } from '../../snapshot/tracing.test-support.ts';
import { GRPC_AUTH, grpcAuthServer } from './external-auth.test-support.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { HttpClient, HttpServer } from './http-peers.test-support.ts';
import { TestCollector } from './tracing.test-support.ts';
import { ask as askForTunnel, TunnelBackend, VERSIONS } from './tunnel-peers.test-support.ts';

describe('a traced request', () => {
  let gateway: TestGateway;
  let collector: TestCollector;
  const cleanups: (() => void)[] = [];

  beforeEach(async () => {
    gateway = new TestGateway();
    collector = await TestCollector.grpc();
    cleanups.push(() => collector.close());
  });
  afterEach(() => {
    gateway.close();
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  function closing<T extends { close(): void }>(one: T): T {
    cleanups.push(() => one.close());
    return one;
  }

  /** The worker ends, and so the collector is told. */
  async function ended(): Promise<TestCollector['spans']> {
    const drained = gateway.runtime.drain(5_000);
    await collector.exported(1);
    await drained;
    return collector.spans;
  }

  it('that a filter of its listener denies has no route, and a reason', async () => {
    const server = closing(await grpcAuthServer(() => ({ status: { code: 7 } })));
    const web = {
      ...httpListener('web', { '/': 'a' }),
      filters: [{ kind: 'external-auth', auth: GRPC_AUTH } as const],
      tracing: sampleTracing(),
    };
    await gateway.apply({ listeners: [web], clusters: { a: [], auth: [server.port], collector: [collector.port] } });
    const client = new HttpClient('HTTP/1.1', gateway.port);
    assert.equal((await client.ask({ method: 'GET', path: '/x' })).status, 403);
    client.close();
    const [check, span] = await ended();
    assert.ok(check && span);
    assert.equal(check.parentSpanId, span.spanId);
    assert.deepEqual([span.name, span.status.code, span.attributes['daemun.route']], ['GET', 0, undefined]);
    assert.deepEqual(
      [span.attributes['http.response.status_code'], span.attributes['daemun.reason']],
      [403, 'auth_denied'],
    );
  });

  it('has copies with the same caller', async () => {
    const seen: unknown[] = [];
    const { promise: both, resolve } = Promise.withResolvers<void>();
    const endpoint = closing(
      await HttpServer.start('HTTP/1.1', (request, response) => {
        if (seen.push(request.headers['traceparent']) === 2) resolve();
        response.end();
      }),
    );
    const mirror = { kind: 'mirror', target: { cluster: 'm' }, share: { numerator: 1, denominator: 1 } } as const;
    const web = { ...httpListener('web', { '/': 'a' }, { filters: [mirror] }), tracing: sampleTracing() };
    await gateway.apply({
      listeners: [web],
      clusters: { a: [endpoint.port], m: [endpoint.port], collector: [collector.port] },
      protocols: { a: 'h1', m: 'h1' },
    });
    const client = new HttpClient('HTTP/1.1', gateway.port);
    await client.ask({ path: '/x' });
    await both;
    client.close();
    const [span] = await ended();
    assert.ok(span);
    const caller = `00-${span.traceId}-${span.spanId}-03`;
    assert.deepEqual(seen, [caller, caller]);
  });

  for (const version of VERSIONS) {
    it(`that is upgraded over ${version} is one span, until its end`, async () => {
      const backend = closing(await TunnelBackend.start());
      const web = { ...httpListener('web', { '/chat': 'a' }), tracing: sampleTracing() };
      await gateway.apply({
        listeners: [web],
        clusters: { a: [backend.port], collector: [collector.port] },
        protocols: { a: 'h1' },
      });
      const { bytes, status } = await askForTunnel(version, gateway.port, { path: '/chat' }, cleanups);
      const endpoint = await backend.upgraded();
      bytes.write('ping');
      await endpoint.bytes.take(4);
      assert.equal(collector.exports.length, 0);
      endpoint.bytes.duplex.end();
      bytes.duplex.end();
      await bytes.rest();
      const [span, ...others] = await ended();
      assert.ok(span);
      assert.deepEqual(
        [others.length, span.attributes['http.response.status_code'], span.attributes['http.route'], span.status.code],
        [0, status, '/chat', 0],
      );
      const { traceparent } = endpoint.request.headers;
      assert.equal(traceparent, `00-${span.traceId}-${span.spanId}-03`);
    });
  }

  it('that its client gives up has failed, without a status', async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<void>();
    const endpoint = closing(await HttpServer.start('HTTP/1.1', () => resolve()));
    const web = { ...httpListener('web', { '/': 'a' }), tracing: sampleTracing() };
    await gateway.apply({
      listeners: [web],
      clusters: { a: [endpoint.port], collector: [collector.port] },
      protocols: { a: 'h1' },
    });
    const session = connect2(`http://127.0.0.1:${gateway.port}`);
    const stream = session.request({ ':path': '/x' });
    await arrived;
    stream.close(constants.NGHTTP2_CANCEL);
    await once(stream, 'close');
    session.close();
    const [span] = await ended();
    assert.ok(span);
    const { attributes } = span;
    assert.deepEqual([span.status.code, attributes['http.response.status_code']], [2, undefined]);
    assert.deepEqual([attributes['error.type'], attributes['daemun.reason']], ['client_cancelled', 'client_cancelled']);
  });
});
