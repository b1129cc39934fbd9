// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { Filter, HeaderChange, Rule, SessionPersistence } from '../../snapshot/index.ts';
import { Backend } from '../upstream/backend.test-support.ts';
import { backend, listener, rule, TestGateway } from './gateway.test-support.ts';

const CALL = { ':method': 'POST', ':path': '/s.S/M', 'content-type': 'application/grpc', te: 'trailers' };

function change(parts: Partial<HeaderChange>): HeaderChange {
  return { set: [], add: [], remove: [], ...parts };
}

describe('forwarding', () => {
  let gateway: TestGateway;
  const backends: Backend[] = [];
  const sessions: ClientHttp2Session[] = [];
  let seen: IncomingHttpHeaders[] = [];

  beforeEach(() => {
    gateway = new TestGateway();
    seen = [];
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    for (const one of backends.splice(0)) await one.close();
    gateway.close();
  });

  /** Answers with trailers only, and says which port it is. */
  async function start(): Promise<Backend> {
    const made = await Backend.start();
    backends.push(made);
    made.answer = (stream, headers) => {
      seen.push(headers);
      const head = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0', port: made.port };
      stream.respond({ ...head, server: 'own', old: '1' }, { endStream: true });
    };
    return made;
  }

  function dial(localAddress = '127.0.0.1'): ClientHttp2Session {
    const createConnection = () => connectTcp({ host: '127.0.0.1', port: gateway.port, localAddress });
    const session = connect(`http://127.0.0.1:${gateway.port}`, { createConnection });
    session.on('error', () => {});
    sessions.push(session);
    return session;
  }

  async function call(session: ClientHttp2Session, headers: Record<string, string> = {}): Promise<IncomingHttpHeaders> {
    const stream = session.request({ ...CALL, ...headers });
    stream.end();
    stream.resume();
    const [head] = await once(stream, 'response');
    return head;
  }

  async function serve(filters: readonly Filter[], ofBackend: readonly Filter[] = [], changes: Partial<Rule> = {}) {
    const one = rule('r', [backend('a', 1, ofBackend)], { filters, ...changes });
    await gateway.apply({ listeners: [listener('grpc', [one])], clusters: { a: [(await start()).port] } });
    return dial();
  }

  it('changes the head of a trailers-only answer, by the rule and by the backend', async () => {
    const session = await serve(
      [{ kind: 'response-headers', change: change({ set: [{ name: 'of-rule', value: '1' }], remove: ['old'] }) }],
      [{ kind: 'response-headers', change: change({ add: [{ name: 'of-backend', value: '2' }] }) }],
    );
    const head = await call(session);
    assert.deepEqual(
      [head['of-rule'], head['of-backend'], head['old'], head['grpc-status']],
      ['1', '2', undefined, '0'],
    );
  });

  it('sets and removes fields that change with each request', async () => {
    const filter = change({ set: [{ name: 'x-request-id', value: 'fixed' }], remove: ['traceparent'] });
    const session = await serve([{ kind: 'request-headers', change: filter }]);
    for (const id of ['1', '2']) await call(session, { 'x-request-id': id, traceparent: `t${id}` });
    assert.deepEqual(
      seen.map(one => [one['x-request-id'], one['traceparent']]),
      [
        ['fixed', undefined],
        ['fixed', undefined],
      ],
    );
  });

  it('matches fields that change with each request, each request anew', async () => {
    const [first, second] = [await start(), await start()];
    const rules = { a: rule('a', [backend('a')]), b: rule('b', [backend('b')]) };
    const header = { kind: 'exact', name: 'x-request-id', value: 'one' } as const;
    const virtualHosts = [
      {
        hostname: '*',
        entries: [
          { match: { kind: 'grpc', method: null, headers: [header] }, rule: rules.a, matchIndex: 0 },
          { match: { kind: 'grpc', method: null, headers: [] }, rule: rules.b, matchIndex: 0 },
        ],
      },
    ] as const;
    const clusters = { a: [first.port], b: [second.port] };
    await gateway.apply({ listeners: [listener('grpc', [], { virtualHosts })], clusters });
    const session = dial();
    for (const [id, port] of [
      ['one', first.port],
      ['two', second.port],
      ['one', first.port],
    ] as const) {
      assert.equal((await call(session, { 'x-request-id': id }))['port'], String(port));
    }
  });

  it('leaves server and x-envoy-upstream-service-time alone when they are switched off', async () => {
    gateway.close();
    gateway = new TestGateway({ serverHeader: null, upstreamServiceTime: false });
    const head = await call(await serve([]));
    assert.equal(head['server'], 'own');
    assert.equal(head['x-envoy-upstream-service-time'], undefined);
  });

  it('tells every client address, also beyond those whose lists are kept', async () => {
    await serve([]);
    for (let at = 1; at <= 67; at++) {
      const session = dial(`127.0.1.${at}`);
      await call(session, { 'x-forwarded-for': '192.0.2.1' });
      session.destroy();
    }
    assert.deepEqual(
      seen.map(one => one['x-forwarded-for']),
      Array.from({ length: 67 }, (_, at) => `192.0.2.1, 127.0.1.${at + 1}`),
    );
  });

  it('changes x-forwarded-for as the rule says, from however many addresses clients come', async () => {
    const field = { name: 'x-forwarded-for', value: 'hidden' };
    const changes: [HeaderChange, (from: string) => string | undefined][] = [
      [change({ remove: [field.name] }), () => undefined],
      [change({ set: [field] }), () => field.value],
      [change({ add: [field] }), from => `${from},${field.value}`],
    ];
    for (const [one, expected] of changes) {
      await serve([{ kind: 'request-headers', change: one }]);
      seen = [];
      const addresses = Array.from({ length: 70 }, (_, at) => `127.0.0.${at + 2}`);
      for (const from of addresses) {
        const session = dial(from);
        await call(session);
        session.destroy();
      }
      assert.deepEqual(
        seen.map(head => head[field.name]),
        addresses.map(expected),
      );
    }
  });

  it('mirrors the share that was asked for, and waits for no mirror', async () => {
    const mirror = await start();
    mirror.hold = true;
    const share = (cluster: string, numerator: number): Filter => ({
      kind: 'mirror',
      target: { cluster },
      share: { numerator, denominator: 100 },
    });
    const counts: Record<number, number> = {};
    for (const numerator of [0, 30, 100]) {
      const one = rule('r', [backend('a')], { filters: [share('m', numerator)] });
      const clusters = { a: [(await start()).port], m: [mirror.port] };
      await gateway.apply({ listeners: [listener('grpc', [one])], clusters });
      const session = dial();
      const due = numerator === 100 ? mirror.served + 200 : 0;
      const before = mirror.served;
      for (let i = 0; i < 200; i++) await call(session);
      while (mirror.served < due) await once(mirror.server, 'stream');
      counts[numerator] = mirror.served - before;
    }
    assert.equal(counts[0], 0);
    // 30 % of 200 is 60; six standard deviations are 39. The last few may be counted with the next share.
    assert.ok((counts[30] ?? 0) > 15 && (counts[30] ?? 0) < 105, `${counts[30]} of 200`);
    assert.ok((counts[100] ?? 0) >= 200, `${counts[100]} of 200`);
  });

  it('ends a session at its absolute timeout', async () => {
    mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
    try {
      const session: SessionPersistence = {
        kind: 'header',
        sessionName: 'sid',
        absoluteTimeoutMs: 60_000,
      };
      const client = await serve([], [], { sessionPersistence: session });
      const token = String((await call(client))['sid']);
      mock.timers.setTime(1_800_000_059_999);
      assert.equal((await call(client, { sid: token }))['sid'], undefined);
      mock.timers.setTime(1_800_000_060_000);
      const next = (await call(client, { sid: token }))['sid'];
      assert.ok(next !== undefined && next !== token);
    } finally {
      mock.timers.reset();
    }
  });

  const byHeader: SessionPersistence = {
    kind: 'header',
    sessionName: 'sid',
    absoluteTimeoutMs: null,
  };

  it('keeps a session at its backend, whatever the weights say', async () => {
    const clusters = { a: [(await start()).port], b: [(await start()).port] };
    const one = rule('r', [backend('a', 1), backend('b', 1)], { sessionPersistence: byHeader });
    await gateway.apply({ listeners: [listener('grpc', [one])], clusters });
    const client = dial();
    const tokens = new Map<string, string>();
    while (tokens.size < 2) {
      const head = await call(client);
      tokens.set(String(head['port']), String(head['sid']));
    }
    for (const [port, sid] of tokens) {
      for (let i = 0; i < 20; i++) {
        const head = await call(client, { sid });
        assert.deepEqual([head['port'], head['sid']], [port, undefined]);
      }
    }
  });

  it('keeps a session with an endpoint of a backend where the weights have chosen that, for every rule', async () => {
    const clusters = { a: [(await start()).port, (await start()).port], b: [(await start()).port] };
    const kept = { ...backend('a'), session: { id: 'XBackend/default/a', policy: byHeader } };
    const serveRule = (one: Rule) => gateway.apply({ listeners: [listener('grpc', [one])], clusters });
    await serveRule(rule('r', [kept]));
    const client = dial();
    const first = await call(client);
    const sid = String(first['sid']);
    await serveRule(rule('other', [kept, backend('b')]));
    const seen = new Set<unknown>();
    for (let i = 0; i < 30; i++) {
      const head = await call(client, { sid });
      assert.equal(head['sid'], undefined);
      seen.add(head['port']);
    }
    assert.deepEqual(seen, new Set([first['port'], String(clusters.b[0])]));
  });

  it('takes a token for the rule that gave it only, and only for backends that the rule has', async () => {
    const clusters = { a: [(await start()).port, (await start()).port], b: [(await start()).port] };
    const only = (id: string, cluster: string) => rule(id, [backend(cluster)], { sessionPersistence: byHeader });
    const serveRule = (one: Rule) => gateway.apply({ listeners: [listener('grpc', [one])], clusters });
    await serveRule(only('r', 'a'));
    const client = dial();
    const sid = String((await call(client))['sid']);
    assert.equal((await call(client, { sid }))['sid'], undefined);
    await serveRule(only('other', 'a'));
    assert.notEqual((await call(client, { sid }))['sid'], undefined, 'a new session');
    await serveRule(only('r', 'b'));
    const head = await call(client, { sid });
    assert.equal(head['port'], String(clusters.b[0]));
    assert.notEqual(head['sid'], undefined, 'a new session');
  });

  it('takes no token that it did not make', async () => {
    const ports = [(await start()).port, (await start()).port];
    const one = rule('r', [backend('a')], { sessionPersistence: byHeader });
    await gateway.apply({ listeners: [listener('grpc', [one])], clusters: { a: ports } });
    const client = dial();
    const forged = Buffer.from(`127.0.0.1:${ports[0]}|${Date.now().toString(36)}`).toString('base64url');
    const seenPorts = new Set<unknown>();
    for (let i = 0; seenPorts.size < 2 && i < 100; i++) seenPorts.add((await call(client, { sid: forged }))['port']);
    assert.equal(seenPorts.size, 2, 'balanced as if there were none');
  });

  const byCookie: SessionPersistence = { ...byHeader, kind: 'cookie', lifetime: 'session', path: '/' };
  for (const session of [byCookie, byHeader]) {
    const { kind } = session;
    it(`keeps a session by ${kind}, and moves it when its endpoint is gone`, async () => {
      const ports = [(await start()).port, (await start()).port, (await start()).port];
      const rules = [rule('r', [backend('a')], { sessionPersistence: session })];
      await gateway.apply({ listeners: [listener('grpc', rules)], clusters: { a: ports } });
      const client = dial();
      const first = await call(client);
      const token = kind === 'header' ? String(first['sid']) : String(first['set-cookie']?.[0]).split(';')[0];
      const headers: Record<string, string> = kind === 'header' ? { sid: `${token}` } : { cookie: `${token}` };
      for (let i = 0; i < 6; i++) assert.equal((await call(client, headers))['port'], first['port']);
      const left = ports.filter(port => String(port) !== first['port']);
      await gateway.apply({ listeners: [listener('grpc', rules)], clusters: { a: left } });
      const moved = await call(client, headers);
      assert.notEqual(moved['port'], first['port']);
      assert.ok(kind === 'header' ? moved['sid'] : moved['set-cookie'], 'a new token');
    });
  }
});
