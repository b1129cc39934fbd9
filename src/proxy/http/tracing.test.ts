// SPDX-License-Identifier: Apache-2.0

/** Spans of requests, and what endpoints are told of traces (W3C Trace Context, XTelemetryPolicy). */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Metadata, status } from '@grpc/grpc-js';
import type { SpanAttribute } from '../../snapshot/index.ts';
import { sampleTracing } from '../../snapshot/tracing.test-support.ts';
import { backend, listener, rule, shapesClient, shapesServer, unary } from './gateway.test-support.ts';
import { VERSIONS } from './http-peers.test-support.ts';
import { TracingBed } from './tracing-bed.test-support.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const RECORDED = `00-${TRACE}-${CALLER}-01`;
const UNRECORDED = `00-${TRACE}-${CALLER}-00`;
const ALL = { numerator: 1, denominator: 1 };
const NONE = { numerator: 0, denominator: 1 };

let bed: TracingBed;
beforeEach(async () => {
  bed = await TracingBed.start();
});
afterEach(() => bed.close());

for (const version of VERSIONS) {
  describe(`tracing of requests by ${version}`, () => {
    it('tells a collector of a request, and the endpoint which span called it', async () => {
      const client = await bed.serve(version);
      const startedUs = bed.clock.wallMs() * 1_000;
      await client.ask({
        method: 'GET',
        path: '/shop/cart?item=1&sig=secret',
        headers: { 'user-agent': 'test/1', [version === 'HTTP/2' ? ':authority' : 'host']: 'shop.test:8080' },
      });
      const span = await bed.span();
      const [{ resource, scope } = { resource: {}, scope: '' }] = bed.collector.exports;
      assert.deepEqual([resource, scope], [{ 'service.name': 'gateway', 'service.namespace': 'default' }, 'daemun']);
      assert.deepEqual([span.name, span.kind, span.parentSpanId, span.traceState], ['GET /shop', 2, '', '']);
      assert.deepEqual([span.startUs, span.endUs, span.flags], [startedUs, startedUs, 0x101]);
      assert.deepEqual([span.status, span.events], [{ code: 0, message: '' }, []]);
      const { 'daemun.endpoint': endpoint, ...attributes } = span.attributes;
      assert.match(String(endpoint), /^127\.0\.0\.1:\d+$/);
      assert.deepEqual(attributes, {
        'http.request.method': 'GET',
        'url.scheme': 'http',
        'url.path': '/shop/cart',
        'url.query': 'item=1&sig=REDACTED',
        'http.route': '/shop',
        'http.response.status_code': 200,
        'user_agent.original': 'test/1',
        'server.address': 'shop.test',
        'server.port': 8080,
        'client.address': '127.0.0.1',
        'network.peer.address': '127.0.0.1',
        'network.protocol.version': version.slice('HTTP/'.length),
        'daemun.listener': 'default/gw/web',
        'daemun.route': 'HTTPRoute/default/a',
        'daemun.rule': '0',
      });
      assert.equal(bed.seen[0]?.['traceparent'], `00-${span.traceId}-${span.spanId}-03`);
      assert.match(`${span.traceId} ${span.spanId}`, /^[0-9a-f]{32} [0-9a-f]{16}$/);
    });

    it('goes on with the trace that a client records, and hands its state on', async () => {
      const client = await bed.serve(version, { tracing: { newTraces: NONE } });
      const headers = { traceparent: RECORDED, tracestate: 'a=1,b@c=x y' };
      await client.ask({ path: '/shop', headers });
      const { traceId, parentSpanId, spanId, traceState, flags } = await bed.span();
      assert.deepEqual([traceId, parentSpanId, traceState, flags], [TRACE, CALLER, 'a=1,b@c=x y', 0x301]);
      assert.equal(bed.seen[0]?.['traceparent'], `00-${TRACE}-${spanId}-01`);
      assert.equal(bed.seen[0]?.['tracestate'], 'a=1,b@c=x y');
    });

    it('leaves alone the trace that a client does not record', async () => {
      const client = await bed.serve(version);
      await client.ask({ path: '/shop', headers: { traceparent: UNRECORDED, tracestate: 'a=1' } });
      assert.deepEqual([bed.seen[0]?.['traceparent'], bed.seen[0]?.['tracestate']], [UNRECORDED, 'a=1']);
      await client.ask({ path: '/shop', headers: { traceparent: RECORDED } });
      assert.equal((await bed.span()).parentSpanId, CALLER);
    });

    it('thins the traces that clients record, and does not ask them where their word does not count', async () => {
      const client = await bed.serve(version, { tracing: { newTraces: ALL, recordedTraces: NONE } });
      await client.ask({ path: '/shop', headers: { traceparent: RECORDED } });
      assert.equal(bed.seen[0]?.['traceparent'], RECORDED);
      const other = await bed.serve(version, { tracing: { recordedTraces: null } });
      await other.ask({ path: '/shop', headers: { traceparent: UNRECORDED } });
      const { traceId, parentSpanId, spanId } = await bed.span();
      assert.deepEqual([traceId, parentSpanId], [TRACE, CALLER]);
      assert.equal(bed.seen[1]?.['traceparent'], `00-${TRACE}-${spanId}-01`);
    });

    it('begins a new trace where the field is broken, and tells endpoints of those that it does not record', async () => {
      const client = await bed.serve(version, { tracing: { newTraces: NONE } });
      for (const traceparent of [`00-${TRACE}-${CALLER}-0G`, 'none', `00-${'0'.repeat(32)}-${CALLER}-01`])
        await client.ask({ path: '/shop', headers: { traceparent, tracestate: 'a=1' } });
      for (const { traceparent, tracestate } of bed.seen) {
        assert.match(String(traceparent), /^00-(?!0af7)[0-9a-f]{32}-[0-9a-f]{16}-02$/);
        assert.equal(tracestate, undefined);
      }
      bed.pass(5_000);
      assert.deepEqual([bed.seen.length, bed.collector.spans, bed.outcomes()], [3, [], {}]);
    });

    it('tells endpoints of one trace where the fields came empty', async () => {
      const client = await bed.serve(version);
      await client.ask({ method: 'GET', path: '/shop', headers: { traceparent: '', tracestate: '' } });
      const { traceId, spanId } = await bed.span();
      assert.equal(bed.seen[0]?.['traceparent'], `00-${traceId}-${spanId}-03`);
      assert.equal(bed.seen[0]?.['tracestate'], undefined);
    });

    it('drops a state that is broken, and keeps the trace', async () => {
      const client = await bed.serve(version);
      await client.ask({ path: '/shop', headers: { traceparent: RECORDED, tracestate: 'A=1' } });
      assert.deepEqual([(await bed.span()).traceId, bed.seen[0]?.['tracestate']], [TRACE, undefined]);
    });

    it('names spans and gives them attributes as the policy says', async () => {
      const attributes: readonly SpanAttribute[] = [
        { source: 'request-header', name: 'accepts', header: 'accept' },
        { source: 'header', name: 'cache', header: 'x-cache' },
        { source: 'literal', name: 'env', value: 'prod ü' },
        { source: 'header', name: 'http.route', header: 'x-none' },
        { source: 'response-header', name: 'missed', header: 'x-cache' },
        { source: 'fact', name: 'port', fact: 'client.port' },
        { source: 'header', name: 'tenant', header: 'x-tenant' },
        { source: 'fact', name: 'url', fact: 'url.full' },
      ];
      const service = { name: 'shop/edge', namespace: '' };
      const client = await bed.serve(version, { tracing: { spanName: 'ingress', attributes, service } });
      await client.ask({
        path: '/shop?a=b&sig=secret',
        headers: { 'x-tenant': 't', accept: 'text/plain', host: 'shop.test' },
      });
      const { name, attributes: got } = await bed.span();
      assert.deepEqual([name, bed.collector.exports[0]?.resource], ['ingress', { 'service.name': 'shop/edge' }]);
      assert.deepEqual(
        [got['accepts'], got['cache'], got['env'], got['http.route'], got['missed'], got['tenant']],
        [['text/plain'], 'miss', 'prod ü', undefined, ['miss'], 't'],
      );
      assert.ok(Number(got['port']) > 0);
      assert.match(String(got['url']), /^http:\/\/[^/]+\/shop\?a=b&sig=REDACTED$/);
    });

    it('tells of what it answers itself, and of what failed', async () => {
      const client = await bed.serve(version, { answer: count => (count === 1 ? 503 : 404) });
      for (const path of ['/nowhere', '/shop', '/shop']) await client.ask({ method: 'GET', path });
      bed.pass(1_500);
      await bed.collector.exported(1);
      assert.deepEqual(
        bed.collector.spans.map(({ name, status: { code }, attributes }) => [
          name,
          attributes['http.response.status_code'],
          code,
          attributes['error.type'],
          attributes['daemun.reason'],
        ]),
        [
          ['GET', 404, 0, undefined, 'no_route'],
          ['GET /shop', 503, 2, '503', undefined],
          ['GET /shop', 404, 0, undefined, undefined],
        ],
      );
    });

    it('tells of each further try, which has the same caller', async () => {
      const retry = { attempts: 1, httpStatuses: [503], grpcStatuses: [], backoffMs: 1 };
      const client = await bed.serve(version, { rule: { retry }, answer: count => (count === 1 ? 503 : 200) });
      const asked = client.ask({ path: '/shop' });
      const turn = setInterval(() => bed.pass(20), 5);
      await asked;
      clearInterval(turn);
      const { events, attributes, spanId } = await bed.span();
      assert.deepEqual(
        events.map(event => [event.name, event.attributes]),
        [['retry', { 'daemun.reason': 'status', 'daemun.endpoint': attributes['daemun.endpoint'] }]],
      );
      assert.deepEqual([attributes['daemun.attempts'], bed.seen.length], [2, 2]);
      for (const head of bed.seen) assert.ok(String(head['traceparent']).includes(`-${spanId}-`));
    });

    it('names the trace in the access log, whoever began it', async () => {
      const client = await bed.serve(version);
      for (const traceparent of ['', RECORDED, UNRECORDED])
        await client.ask({ path: '/shop', headers: traceparent === '' ? {} : { traceparent } });
      const span = await bed.span().catch(() => bed.collector.spans[0]);
      bed.gateway.runtime.close();
      const lines = bed.gateway.accessLog.trim().split('\n');
      const ids = lines.map(line => JSON.parse(line).trace_id);
      assert.deepEqual(ids, [span?.traceId, TRACE, TRACE]);
    });
  });
}

describe('tracing of calls', () => {
  it('tells of service, method and status', async () => {
    const seen: unknown[] = [];
    const { server, port } = await shapesServer({
      Unary: (call: { metadata: Metadata; request: Buffer }, done: (error: object | null, reply?: Buffer) => void) => {
        seen.push(call.metadata.get('traceparent')[0]);
        if (call.request.length === 0) done({ code: status.UNAVAILABLE, details: 'busy' });
        else done(null, call.request);
      },
    });
    bed.closing({ close: () => server.forceShutdown() });
    await bed.apply({ ...listener('grpc', [rule('r', [backend('a')])]), tracing: sampleTracing() }, port);
    const client = shapesClient(bed.gateway.port);
    bed.closing(client);
    const metadata = new Metadata();
    metadata.set('traceparent', RECORDED);
    await unary(client, Buffer.from('x'), metadata);
    await assert.rejects(unary(client, Buffer.alloc(0)));
    bed.pass(1_500);
    await bed.collector.exported(1);
    const [good, bad] = bed.collector.spans;
    assert.ok(good && bad);
    assert.deepEqual([good.name, good.traceId, good.parentSpanId], ['test.Shapes/Unary', TRACE, CALLER]);
    assert.deepEqual(
      seen,
      [good, bad].map(({ traceId, spanId }, at) => `00-${traceId}-${spanId}-0${at === 0 ? 1 : 3}`),
    );
    const { attributes } = good;
    assert.deepEqual(
      [
        attributes['rpc.system'],
        attributes['rpc.service'],
        attributes['rpc.method'],
        attributes['rpc.grpc.status_code'],
      ],
      ['grpc', 'test.Shapes', 'Unary', 0],
    );
    assert.deepEqual([attributes['url.path'], attributes['network.protocol.version']], [undefined, '2']);
    assert.deepEqual([bad.status, bad.attributes['rpc.grpc.status_code']], [{ code: 2, message: 'Unavailable' }, 14]);
    assert.equal(bad.attributes['error.type'], 'Unavailable');
  });

  it('says nothing of requests that no listener of the Gateway takes', async () => {
    const client = await bed.serve('HTTP/1.1');
    await bed.apply({ ...listener('web', []), hostname: 'other.test', tracing: sampleTracing() }, 1);
    assert.equal((await client.ask({ path: '/shop' })).status, 404);
    bed.pass(5_000);
    assert.deepEqual([bed.collector.exports, bed.outcomes()], [[], {}]);
  });
});
