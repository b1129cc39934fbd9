// SPDX-License-Identifier: Apache-2.0

/** Under a random mix of calls, what clients saw, what metrics count and what the access log says are the same. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type ServerHttp2Stream,
} from 'node:http2';
import { afterEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { backend, listener, rule, TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import { Backend } from '../../src/proxy/upstream/backend.test-support.ts';
import { grpcStatusName } from '../../src/wire/index.ts';
import { randomOf } from './random.ts';

const CALLS = 600;
const SEED = 20_260_701;

/** `count` messages, some of them marked as compressed. */
function messages(count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, at) => {
      const message = Buffer.alloc(5 + at, at);
      message[0] = at % 2;
      message.writeUInt32BE(at, 1);
      return message;
    }),
  );
}

/** Does what the path says: `/mix.Mix/ACTION`, with the numbers in its header `n`. */
function serve(stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>): void {
  const action = String(headers[':path']).split('/')[2];
  const n = Number(headers['n'] ?? 0);
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  if (action === 'Status') {
    stream.respond({ ...head, 'grpc-status': String(n) }, { endStream: true });
    return;
  }
  if (action === 'Hang') {
    stream.respond(head);
    stream.write(messages(1));
    return;
  }
  if (action === 'Reset') {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  if (action === 'Html') {
    stream.respond({ ':status': 404, 'content-type': 'text/html' });
    stream.end('<html>'.repeat(n));
    return;
  }
  stream.respond(head, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.resume();
  // In pieces that cut messages anywhere.
  const bytes = messages(n);
  for (let at = 0; at < bytes.length; at += 7) stream.write(bytes.subarray(at, at + 7));
  stream.end();
}

const HEAD = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };
const HTML_404 = 12;

/** What one client saw. */
interface Seen {
  readonly code: number;
  readonly method: string;
  readonly sent: number;
  /** Messages that the endpoint was asked for. */
  readonly asked: number;
}

async function finished(stream: ClientHttp2Stream, cancelAfterData: boolean): Promise<number> {
  let status: unknown;
  let httpStatus = 0;
  stream.on('error', () => {});
  stream.on('response', head => {
    httpStatus = Number(head[':status']);
    status = head['grpc-status'] ?? status;
  });
  stream.on('trailers', trailers => {
    status = trailers['grpc-status'];
  });
  stream.on('data', () => {
    if (cancelAfterData) stream.close(constants.NGHTTP2_CANCEL);
  });
  await once(stream, 'close');
  if (cancelAfterData) return 1;
  if (status !== undefined) return Number(status);
  return httpStatus === 404 ? HTML_404 : 2;
}

async function callOnce(session: ClientHttp2Session, random: () => number): Promise<Seen> {
  const kind = Math.floor(random() * 9);
  const n = 1 + Math.floor(random() * 12);
  const sent = 1 + Math.floor(random() * 3);
  const request = (method: string, headers = {}): ClientHttp2Stream => {
    const stream = session.request({ ...HEAD, ':path': `/mix.Mix/${method}`, n: String(n), ...headers });
    stream.end(messages(sent));
    return stream;
  };
  const seen = (method: string, code: number): Seen => ({ method, code, sent, asked: n });
  if (kind === 0) return seen('Status', await finished(request('Status'), false));
  if (kind === 1) return seen('Hang', await finished(request('Hang'), true));
  if (kind === 2) return seen('Hang', await finished(request('Hang', { 'grpc-timeout': '30m' }), false));
  if (kind === 3) return seen('Reset', await finished(request('Reset'), false));
  if (kind === 4) return seen('Html', await finished(request('Html'), false));
  if (kind === 5) return seen('none', await finished(request(`Nowhere${n}`, { ':authority': 'elsewhere' }), false));
  if (kind === 6) return seen('Down', await finished(request('Down', { to: 'nobody' }), false));
  return seen('Many', await finished(request('Many'), false));
}

/** So that the method is known to the endpoint: until then a call that it does not answer is one of `other`. */
async function firstCall(session: ClientHttp2Session | undefined, method: string): Promise<Seen> {
  assert.ok(session !== undefined);
  const stream = session.request({ ...HEAD, ':path': `/mix.Mix/${method}`, n: '5' });
  stream.end(messages(1));
  return { method, code: await finished(stream, method === 'Hang'), sent: 1, asked: 5 };
}

function tally(keys: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort());
}

describe('under a random mix of calls', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function start() {
    const server = await Backend.start();
    server.answer = (stream, headers) => serve(stream, headers);
    const gateway = new TestGateway({ accessLog: true });
    cleanups.push(
      () => server.close(),
      () => gateway.close(),
    );
    const all = rule('all', [backend('a')]);
    const nobody = rule('nobody', [backend('none')]);
    const toNobody = { kind: 'exact' as const, name: 'to', value: 'nobody' };
    const entries = [
      { match: { kind: 'grpc' as const, method: null, headers: [toNobody] }, rule: nobody, matchIndex: 0 },
      { match: { kind: 'grpc' as const, method: null, headers: [] }, rule: all, matchIndex: 0 },
    ];
    const virtualHosts = [{ hostname: '127.0.0.1', entries }];
    await gateway.apply({
      listeners: [listener('grpc', [], { hostname: '127.0.0.1', virtualHosts })],
      clusters: { a: [server.port], none: [] },
    });
    return gateway;
  }

  it('clients, metrics and access log agree, and nothing is in flight at rest', { timeout: 60_000 }, async () => {
    const gateway = await start();
    const random = randomOf(SEED);
    const sessions = Array.from({ length: 4 }, () => connect(`http://127.0.0.1:${gateway.port}`));
    cleanups.push(() => sessions.map(session => session.destroy()));
    for (const session of sessions) session.on('error', () => {});
    const clients: Seen[] = [];
    let begun = 0;
    for (const method of ['Status', 'Hang', 'Many']) clients.push(await firstCall(sessions[0], method));
    const work = async (session: ClientHttp2Session): Promise<void> => {
      while (begun++ < CALLS) {
        clients.push(await callOnce(session, random));
        checkInFlight(gateway);
      }
    };
    await Promise.all(sessions.flatMap(session => [session, session, session, session].map(work)));
    // A cancelled call is over for its client first.
    while (gateway.metric('daemun_downstream_requests_active') > 0) await turn();
    await turn();

    const byCode = tally(clients.map(({ code }) => grpcStatusName(code)));
    const handled = sums(gateway, 'grpc_server_handled_total', 'grpc_code');
    assert.deepEqual(handled, byCode);
    assert.equal(gateway.metric('grpc_server_started_total'), clients.length);
    assert.equal(gateway.metric('grpc_server_handling_seconds'), clients.length);
    const named = clients.filter(({ method }) => ['Status', 'Hang', 'Many'].includes(method));
    assert.deepEqual(
      pick(sums(gateway, 'grpc_server_started_total', 'grpc_method'), ['Status', 'Hang', 'Many']),
      tally(named.map(({ method }) => method)),
    );
    const many = clients.filter(({ method }) => method === 'Many');
    assert.deepEqual(
      ['received', 'sent'].map(way => gateway.metric(`grpc_server_msg_${way}_total`, { grpc_method: 'Many' })),
      [many.reduce((sum, { sent }) => sum + sent, 0), many.reduce((sum, { asked }) => sum + asked, 0)],
    );
    checkInFlight(gateway, 0);
    const ruled = clients.filter(({ method }) => method !== 'none').length;
    assert.equal(gateway.metric('daemun_route_requests_total'), ruled);

    gateway.close();
    const lines = gateway.accessLog.split('\n').filter(line => line !== '');
    const logged = lines.map(line => JSON.parse(line) as { grpc_status: string; reason: string | null });
    assert.equal(logged.length, clients.length);
    assert.deepEqual(tally(logged.map(line => line.grpc_status)), byCode);
    const failed = tally(logged.flatMap(line => (line.reason === null ? [] : [line.reason])));
    assert.deepEqual(sums(gateway, 'daemun_request_failures_total', 'reason'), failed);
  });
});

/** started − handled is never negative in any label set; `expected`: it is this in each. */
function checkInFlight(gateway: TestGateway, expected?: number): void {
  const key = (labels: Readonly<Record<string, string>>): string =>
    JSON.stringify([labels['gateway'], labels['grpc_type'], labels['grpc_service'], labels['grpc_method']]);
  const inFlight = new Map<string, number>();
  for (const [name, sign] of [
    ['grpc_server_handled_total', -1],
    ['grpc_server_started_total', 1],
  ] as const) {
    for (const { labels, value } of gateway.reader.read().find(one => one.name === name)?.samples ?? []) {
      inFlight.set(key(labels), (inFlight.get(key(labels)) ?? 0) + sign * Number(value));
    }
  }
  for (const [labels, calls] of inFlight) {
    assert.ok(calls >= 0, `${labels}: ${calls}`);
    if (expected !== undefined) assert.equal(calls, expected, labels);
  }
}

/** A family added up by one label, by name. */
function sums(gateway: TestGateway, name: string, label: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { labels, value } of gateway.reader.read().find(family => family.name === name)?.samples ?? []) {
    const key = labels[label] ?? '';
    counts[key] = (counts[key] ?? 0) + Number(value);
  }
  return Object.fromEntries(Object.entries(counts).sort());
}

function pick(counts: Readonly<Record<string, number>>, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([name]) => names.includes(name)));
}
