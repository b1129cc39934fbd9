// SPDX-License-Identifier: Apache-2.0

/** As `tallies.test.ts`, of requests that are not gRPC, over both versions of HTTP: whatever becomes of them, all books say the same. */
import assert from 'node:assert/strict';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, constants } from 'node:http2';
import { afterEach, describe, it } from 'node:test';
import { httpListener, TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import { HttpServer, VERSIONS, type Version } from '../../src/proxy/http/http-peers.test-support.ts';
import type { Histogram } from '../../src/proxy/metrics/index.ts';
import { until } from '../../src/time/until.test-support.ts';
import { randomOf } from './random.ts';

const REQUESTS = 400;
const LANES = 8;
const SEED = 20_261_128;
/** What an endpoint is asked to do; of `leave` the client goes before the answer, and of `away` and `else` no endpoint is asked. */
const ACTIONS = ['ok', 'fail', 'once', 'reset', 'cut', 'hold', 'leave', 'away', 'else'] as const;
/** What is asked of no endpoint, or of the first one only. */
const APART: Readonly<Record<string, string>> = { hold: '/hold', leave: '/hold/leave', away: '/away', else: '/else' };
const RETRY = { attempts: 1, httpStatuses: [503], grpcStatuses: [], backoffMs: 1 };
/** Of requests that no endpoint answers; a client of HTTP/1.1 that left may as well wait. Others have all the time that a busy machine needs. */
const TIMEOUT_MS = 100;

interface Seen {
  readonly id: string;
  readonly action: (typeof ACTIONS)[number];
  readonly length: number;
  /** 0: the client did not hear. */
  readonly status: number;
}

interface Line {
  readonly request_id: string;
  readonly route: string | null;
  readonly rule: string | null;
  readonly http_status: number;
  readonly reason: string | null;
  readonly attempts: number;
  readonly bytes_received: number;
  readonly bytes_sent: number;
}

/** Endpoints that do what the path asks for, `/NUMBER/ACTION`, when they have the whole request; `/hold` of the first one. */
class Endpoints {
  /** By the id of a request whose client leaves when it is here. */
  readonly onArrival = new Map<string, () => void>();
  readonly #seen = new Set<string>();

  readonly serve = (request: IncomingMessage, response: ServerResponse): void => {
    request.on('error', () => {});
    response.on('error', () => {});
    request.resume().on('end', () => this.#answer(request, response));
  };

  #answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const id = String(headers['x-request-id']);
    const action = url.slice(url.lastIndexOf('/') + 1);
    const isFirst = !this.#seen.has(id);
    this.#seen.add(id);
    if (action === 'leave') this.onArrival.get(id)?.();
    if (action === 'reset') response.destroy();
    else if (action === 'cut') response.writeHead(200).write('half', () => response.destroy());
    else if (action === 'fail' || (action === 'once' && isFirst)) response.writeHead(503).end('no');
    else if (action !== 'hold' && action !== 'leave') response.writeHead(200).end('y'.repeat(Number(headers['n'])));
  }
}

describe('under a random mix of requests', () => {
  const cleanups: { close(): void }[] = [];
  afterEach(() => {
    for (const one of cleanups.splice(0).reverse()) one.close();
  });

  async function start(endpoints: Endpoints): Promise<TestGateway> {
    const one = await HttpServer.start('HTTP/1.1', endpoints.serve);
    const two = await HttpServer.start('HTTP/2', endpoints.serve);
    const origin = { kind: 'HTTPRoute', namespace: 'default', name: 'hold', ruleIndex: 0, ruleName: '' } as const;
    const holding = httpListener('web', { '/hold': 'one' }, { id: 'hold', origin, requestTimeoutMs: TIMEOUT_MS });
    const listening = httpListener('web', { '/1': 'one', '/2': 'two', '/away': 'away' }, { retry: RETRY });
    const entries = [holding, listening].flatMap(({ virtualHosts }) => virtualHosts.flatMap(host => host.entries));
    const gateway = new TestGateway({ accessLog: true });
    cleanups.push(one, two, gateway);
    await gateway.apply({
      listeners: [{ ...listening, virtualHosts: [{ hostname: '*', entries }] }],
      clusters: { one: [one.port], two: [two.port], away: [] },
      protocols: { one: 'h1', two: 'h2', away: 'h1' },
    });
    return gateway;
  }

  it('clients, metrics and access log agree, and nothing is in flight at rest', { timeout: 60_000 }, async () => {
    const endpoints = new Endpoints();
    const gateway = await start(endpoints);
    const random = randomOf(SEED);
    const clients: Seen[] = [];
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
    let begun = 0;
    const work = async (): Promise<void> => {
      while (begun < REQUESTS) {
        const id = String(begun++);
        const action = pick(ACTIONS);
        const length = pick([0, 1, 1_000, 40_000]);
        const path = APART[action] ?? `/${pick([1, 2])}/${action}`;
        const status = await askOnce(gateway.port, endpoints, { version: pick(VERSIONS), id, path, length });
        clients.push({ id, action, length, status });
      }
    };
    await Promise.all(Array.from({ length: LANES }, work));
    await until(() => gateway.metric('daemun_downstream_requests_active') === 0);
    assert.equal(gateway.metric('http_server_active_requests'), 0);
    assert.equal(gateway.metric('daemun_upstream_requests_pending'), 0);
    gateway.close();
    const lines = gateway.accessLog.split('\n').filter(line => line !== '');
    const logged = lines.map(line => JSON.parse(line) as Line);
    compareClients(logged, clients);
    compareMetrics(logged, gateway);
  });
});

interface Asked {
  readonly version: Version;
  readonly id: string;
  readonly path: string;
  readonly length: number;
}

/** On a connection of its own. The status; 0: there was no answer, or not all of it. */
function askOnce(port: number, endpoints: Endpoints, asked: Asked): Promise<number> {
  const headers = { 'x-request-id': asked.id, n: String(asked.length) };
  const { promise, resolve } = Promise.withResolvers<number>();
  const leave = asked.version === 'HTTP/2' ? ask2 : ask1;
  endpoints.onArrival.set(asked.id, leave(port, { ...asked, headers }, resolve));
  return promise;
}

type Ask = (
  port: number,
  asked: Asked & { readonly headers: Readonly<Record<string, string>> },
  over: (status: number) => void,
) => () => void;

const ask1: Ask = (port, { path, length, headers }, over) => {
  const asking = request({ port, host: '127.0.0.1', agent: false, method: 'POST', path, headers });
  asking.on('error', () => over(0));
  asking.on('response', response => {
    response.on('error', () => {}).resume();
    response.on('close', () => over(response.complete ? (response.statusCode ?? 0) : 0));
  });
  asking.end('x'.repeat(length));
  return () => asking.destroy();
};

const ask2: Ask = (port, { path, length, headers }, over) => {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => over(0));
  const stream = session.request({ ':method': 'POST', ':path': path, ...headers });
  let status = 0;
  stream.on('response', head => {
    status = Number(head[':status']);
  });
  stream.on('error', () => {}).resume();
  stream.on('close', () => {
    over(stream.rstCode === constants.NGHTTP2_NO_ERROR ? status : 0);
    session.destroy();
  });
  stream.end('x'.repeat(length));
  return () => stream.close(constants.NGHTTP2_CANCEL);
};

function compareClients(logged: readonly Line[], clients: readonly Seen[]): void {
  const byId = new Map(logged.map(line => [line.request_id, line]));
  assert.equal(logged.length, clients.length);
  for (const { id, action, length, status } of clients) {
    const line = byId.get(id);
    assert.ok(line !== undefined, `${id} has no line`);
    if (status !== 0) assert.equal(line.http_status, status, `${id} ${action}`);
    if (action === 'ok') assert.deepEqual([line.bytes_received, line.bytes_sent, line.reason], [length, length, null]);
    if (action === 'cut')
      assert.deepEqual([line.http_status, line.bytes_sent, line.reason], [200, 4, 'upstream_reset']);
    if (action === 'hold') assert.deepEqual([line.http_status, line.reason], [504, 'route_timeout']);
    if (action === 'once') assert.equal(line.attempts, line.http_status === 200 ? 2 : 1);
    if (action === 'away') assert.deepEqual([line.attempts, line.reason], [0, 'no_endpoint']);
    if (action === 'else') assert.deepEqual([line.attempts, line.reason], [0, 'no_route']);
  }
}

function compareMetrics(logged: readonly Line[], gateway: TestGateway): void {
  const code = ({ http_status }: Line): string => String(http_status === 0 ? 499 : http_status);
  const ruled = logged.filter(({ route }) => route !== null);
  const failed = logged.filter(({ reason }) => reason !== null);
  assert.deepEqual(
    counted(gateway, 'daemun_route_requests_total', ['route', 'code']),
    tally(ruled.map(line => [line.route, code(line)].join(' '))),
  );
  assert.deepEqual(
    counted(gateway, 'daemun_request_failures_total', ['route', 'reason']),
    tally(failed.map(({ route, reason }) => [route ?? '', reason].join(' '))),
  );
  assert.deepEqual(
    counted(gateway, 'http_server_request_duration_seconds', ['http_response_status_code']),
    tally(logged.map(code)),
  );
  const sum = (of: (line: Line) => number): number => logged.reduce((total, line) => total + of(line), 0);
  assert.equal(
    bytesOf(gateway, 'http_server_request_body_size_bytes'),
    sum(line => line.bytes_received),
  );
  assert.equal(
    gateway.metric('daemun_upstream_retries_total'),
    sum(line => Math.max(0, line.attempts - 1)),
  );
}

function tally(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort());
}

function samplesOf(gateway: TestGateway, name: string) {
  return gateway.reader.read().find(family => family.name === name)?.samples ?? [];
}

/** A family by some of its labels; of a histogram how many there were. */
function counted(gateway: TestGateway, name: string, labels: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { labels: all, value } of samplesOf(gateway, name)) {
    const key = labels.map(label => all[label] ?? '').join(' ');
    counts[key] = (counts[key] ?? 0) + (typeof value === 'number' ? value : value.count);
  }
  return Object.fromEntries(Object.entries(counts).sort());
}

function bytesOf(gateway: TestGateway, name: string): number {
  return samplesOf(gateway, name).reduce((total, { value }) => total + (value as Histogram).sum, 0);
}
