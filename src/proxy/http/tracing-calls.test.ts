// SPDX-License-Identifier: Apache-2.0

/** Calls to authorization servers in the traces of the requests that they are about. */
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ExternalAuth, Tracing } from '../../snapshot/index.ts';
import { sampleTracing } from '../../snapshot/tracing.test-support.ts';
import { GRPC_AUTH, grpcAuthServer, HTTP_AUTH, httpAuthServer } from './external-auth.test-support.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { HttpClient, HttpServer } from './http-peers.test-support.ts';
import { type ReceivedSpan, TestCollector } from './tracing.test-support.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const RECORDED = { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, tracestate: 'a=1' };
const UNRECORDED = { ...RECORDED, traceparent: RECORDED.traceparent.replace(/1$/, '0') };

/** The same for both ways to ask. */
interface Authorizer {
  readonly port: number;
  /** What calls carried of the trace. */
  readonly told: readonly (readonly [traceparent: unknown, tracestate: unknown])[];
  close(): void;
}

async function grpcAuthorizer(isYes: boolean): Promise<Authorizer> {
  const told: (readonly [unknown, unknown])[] = [];
  const { port, close, events } = await grpcAuthServer(() => ({ status: { code: isYes ? 0 : 7 } }));
  events.on('asked', metadata => told.push([metadata['traceparent'], metadata['tracestate']]));
  return { port, told, close };
}

async function httpAuthorizer(isYes: boolean): Promise<Authorizer> {
  const told: (readonly [unknown, unknown])[] = [];
  const { port, close } = await httpAuthServer(({ headers }, _body, response) => {
    told.push([headers['traceparent'], headers['tracestate']]);
    response.writeHead(isYes ? 200 : 403).end();
  });
  return { port, told, close };
}

const WAYS = [
  {
    auth: GRPC_AUTH,
    start: grpcAuthorizer,
    name: 'envoy.service.auth.v3.Authorization/Check',
    asked: { 'rpc.system': 'grpc', 'rpc.service': 'envoy.service.auth.v3.Authorization', 'rpc.method': 'Check' },
    yes: { 'rpc.grpc.status_code': 0 },
    no: { 'rpc.grpc.status_code': 0 },
    server: 'auth.default.svc',
  },
  {
    auth: { ...HTTP_AUTH, allowedHeaders: ['traceparent'] },
    start: httpAuthorizer,
    name: 'POST',
    asked: { 'http.request.method': 'POST' },
    yes: { 'http.response.status_code': 200 },
    no: { 'http.response.status_code': 403, 'error.type': '403' },
    server: 'shop.test',
  },
] as const satisfies readonly { readonly auth: ExternalAuth; readonly [key: string]: unknown }[];

for (const { auth, start, name, asked, yes, no, server } of WAYS) {
  describe(`a check by ${auth.kind} of a request`, () => {
    let gateway: TestGateway;
    let collector: TestCollector;
    let endpoint: HttpServer;
    let client: HttpClient;
    const seen: IncomingHttpHeaders[] = [];
    const cleanups: (() => void)[] = [];

    beforeEach(async () => {
      gateway = new TestGateway();
      collector = await TestCollector.grpc();
      endpoint = await HttpServer.start('HTTP/1.1', (request, response) => {
        seen.push(request.headers);
        response.end();
      });
      cleanups.push(
        () => collector.close(),
        () => endpoint.close(),
      );
    });
    afterEach(() => {
      gateway.close();
      seen.length = 0;
      for (const cleanup of cleanups.splice(0)) cleanup();
    });

    /** Sends a request that is asked about. */
    async function ask(tracing: Tracing | null, headers: IncomingHttpHeaders, authPort: number): Promise<number> {
      const filters = [{ kind: 'external-auth', auth } as const];
      await gateway.apply({
        listeners: [{ ...httpListener('web', { '/': 'a' }, { filters }), tracing }],
        clusters: { a: [endpoint.port], auth: [authPort], collector: [collector.port] },
        protocols: { a: 'h1', auth: auth.kind === 'grpc' ? 'h2' : 'h1' },
      });
      client = new HttpClient('HTTP/1.1', gateway.port);
      const { status } = await client.ask({ path: '/x', headers: { ...headers, host: 'shop.test' } as never });
      client.close();
      return status;
    }

    async function authorizer(isYes: boolean): Promise<Authorizer> {
      const started = await start(isYes);
      cleanups.push(() => started.close());
      return started;
    }

    /** The worker ends: all spans by their kinds. */
    async function spans(): Promise<{ readonly served: ReceivedSpan; readonly called: ReceivedSpan }> {
      const drained = gateway.runtime.drain(5_000);
      await collector.exported(1);
      await drained;
      const [called, served, ...others] = collector.spans;
      if (served?.kind !== 2 || called?.kind !== 3 || others.length > 0)
        throw new Error(`a span of the call and one of the request are expected: ${JSON.stringify(collector.spans)}`);
      return { served, called };
    }

    it('is a span below that of the request, which the server is told of', async () => {
      const { port, told } = await authorizer(true);
      const env = { source: 'literal', name: 'env', value: 'prod' } as const;
      const tenant = { source: 'header', name: 'host', header: 'host' } as const;
      assert.equal(await ask(sampleTracing({ attributes: [env, tenant], spanName: 'ingress' }), RECORDED, port), 200);
      const { served, called } = await spans();
      assert.deepEqual([called.name, served.name], [name, 'ingress']);
      assert.deepEqual([called.traceId, called.parentSpanId, called.traceState], [TRACE, served.spanId, 'a=1']);
      assert.deepEqual([called.status, called.flags], [{ code: 0, message: '' }, 0x101]);
      assert.ok(served.startUs <= called.startUs && called.startUs <= called.endUs && called.endUs <= served.endUs);
      assert.deepEqual(called.attributes, {
        ...asked,
        ...yes,
        env: 'prod',
        'server.address': server,
        'daemun.endpoint': `127.0.0.1:${port}`,
      });
      assert.deepEqual(told, [[`00-${TRACE}-${called.spanId}-01`, 'a=1']]);
      assert.equal(seen[0]?.['traceparent'], `00-${TRACE}-${served.spanId}-01`);
    });

    it('says a no as the conventions have it', async () => {
      const { port } = await authorizer(false);
      assert.equal(await ask(sampleTracing(), RECORDED, port), 403);
      const { called } = await spans();
      const expected = { ...asked, ...no, 'server.address': server, 'daemun.endpoint': `127.0.0.1:${port}` };
      assert.deepEqual(called.attributes, expected);
      assert.equal(called.status.code, 'error.type' in no ? 2 : 0);
    });

    it('has failed, and says why, without an answer', async () => {
      const { port, close } = await authorizer(true);
      close();
      assert.equal(await ask(sampleTracing(), {}, port), 503);
      const { called } = await spans();
      assert.deepEqual([called.attributes['error.type'], called.status.code], ['no_answer', 2]);
      assert.match(called.status.message, /^cannot be asked: /);
    });

    it('is no span where the request is none: the server is told what came, or of the trace that begins here', async () => {
      const { port, told } = await authorizer(true);
      await ask(sampleTracing(), UNRECORDED, port);
      await ask(sampleTracing({ newTraces: { numerator: 0, denominator: 1 } }), {}, port);
      await gateway.runtime.drain(5_000);
      assert.deepEqual([told[0], collector.spans], [[UNRECORDED.traceparent, 'a=1'], []]);
      const own = seen[1]?.['traceparent'];
      assert.match(String(own), /^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/);
      assert.equal(String(told[1]?.[0]).slice(0, 36), String(own).slice(0, 36));
    });

    it('is told all of a trace state that came in several fields', async () => {
      const { port, told } = await authorizer(true);
      await ask(sampleTracing(), { ...UNRECORDED, tracestate: ['a=1', 'b=2'] }, port);
      assert.deepEqual(told, [[UNRECORDED.traceparent, 'a=1,b=2']]);
    });

    it('is told of no trace without a policy, but for fields that the filter names', async () => {
      const { port, told } = await authorizer(true);
      await ask(null, RECORDED, port);
      assert.deepEqual(told, [[auth.kind === 'grpc' ? undefined : RECORDED.traceparent, undefined]]);
    });
  });
}
