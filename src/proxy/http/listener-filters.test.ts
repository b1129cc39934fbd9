// SPDX-License-Identifier: Apache-2.0

/** Filters of a listener (GEP-5224): what every request passes before a rule is asked. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Listener, ListenerFilter } from '../../snapshot/index.ts';
import {
  type Checked,
  CLIENTS,
  type Echoed,
  echoServer,
  GRPC_AUTH,
  type GrpcAuthServer,
  grpcAuthServer,
  type Message,
} from './external-auth.test-support.ts';
import { backend, listener, rule, shapesClient, shapesServer, TestGateway, unary } from './gateway.test-support.ts';

const ASKED: ListenerFilter = { kind: 'external-auth', auth: GRPC_AUTH };
const FAULT = { httpStatus: 500, grpcStatus: 14, message: 'cannot be resolved', reason: 'filter_unresolved' };

/** Sends `/x` with `x-tier: gold` to cluster `b`, other `/x` to `a`. */
function tiers(filters: readonly ListenerFilter[], changes: Partial<Listener> = {}): Listener {
  const origin = { kind: 'HTTPRoute', namespace: 'default', ruleIndex: 0, ruleName: '' } as const;
  const match = { kind: 'http', path: { kind: 'prefix', value: '/x' }, method: null, queryParams: [] } as const;
  const gold = { kind: 'exact', name: 'x-tier', value: 'gold' } as const;
  const entries = [
    { match: { ...match, headers: [gold] }, rule: rule('b', [backend('b')], { origin: { ...origin, name: 'b' } }) },
    { match: { ...match, headers: [] }, rule: rule('a', [backend('a')], { origin: { ...origin, name: 'a' } }) },
  ];
  const virtualHosts = [{ hostname: '*', entries: entries.map(entry => ({ ...entry, matchIndex: 0 })) }];
  return { ...listener('web', [], { virtualHosts, filters }), ...changes } as Listener;
}

describe('filters of a listener', () => {
  let gateway: TestGateway;
  let server: GrpcAuthServer;
  const endpoints = new Map<string, Awaited<ReturnType<typeof echoServer>>>();
  let checked: Checked[] = [];
  let verdicts: Message[] = [];

  before(async () => {
    server = await grpcAuthServer(asked => {
      checked.push(asked);
      return verdicts.shift() ?? {};
    });
    for (const name of ['a', 'b']) endpoints.set(name, await echoServer('h1'));
  });
  beforeEach(() => {
    gateway = new TestGateway({ accessLog: true });
    checked = [];
    verdicts = [];
    for (const endpoint of endpoints.values()) endpoint.calls = 0;
  });
  afterEach(() => gateway.close());
  after(() => {
    server.close();
    for (const endpoint of endpoints.values()) endpoint.close();
  });

  async function start(...listeners: readonly Listener[]): Promise<void> {
    const ports = (name: string): number[] => [endpoints.get(name)?.port ?? 0];
    await gateway.apply({
      listeners,
      clusters: { a: ports('a'), b: ports('b'), auth: [server.port] },
      protocols: { a: 'h1', b: 'h1', auth: 'h2' },
    });
  }

  function setting(value: string): Message {
    return { ok_response: { headers: [{ header: { key: 'x-tier', value } }] } };
  }

  function callsOf(name: string): number {
    return endpoints.get(name)?.calls ?? -1;
  }

  for (const [version, ask] of CLIENTS) {
    it(`change what rules see of requests by ${version}, whatever the client says`, async () => {
      await start(tiers([ASKED]));
      for (const [said, tier, endpoint] of [
        ['none', 'gold', 'b'],
        ['gold', 'lead', 'a'],
      ] as const) {
        verdicts = [setting(tier)];
        const headers = { 'x-tier': said, 'x-request-id': 'r' };
        const answer = await ask(gateway.port, { method: 'POST', path: '/x?y', headers, body: 'data' });
        const { headers: got, body, path } = JSON.parse(answer.text) as Echoed;
        assert.deepEqual([got['x-tier'], body, path, callsOf(endpoint)], [tier, 'data', '/x?y', 1]);
        assert.equal(gateway.metric('daemun_route_requests_total', { route: `default/${endpoint}`, code: '200' }), 1);
      }
    });

    it(`change the query that rules see of requests by ${version}`, async () => {
      const path = { kind: 'prefix', value: '/' } as const;
      const queryParams = [{ kind: 'exact', name: 'tier', value: 'gold' }] as const;
      const any = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
      const entries = [
        { match: { ...any, queryParams }, rule: rule('default/b', [backend('b')]), matchIndex: 0 },
        { match: any, rule: rule('default/a', [backend('a')]), matchIndex: 0 },
      ];
      await start({ ...tiers([ASKED]), virtualHosts: [{ hostname: '*', entries }] } as Listener);
      verdicts = [{ ok_response: { query_parameters_to_set: [{ key: 'tier', value: 'gold' }] } }];
      const { text } = await ask(gateway.port, { path: '/x?tier=lead' });
      assert.deepEqual([(JSON.parse(text) as Echoed).path, callsOf('b')], ['/x?tier=gold', 1]);
    });

    it(`see requests by ${version} that no rule takes, and deny before anything is told`, async () => {
      await start(tiers([ASKED]));
      verdicts = [{ status: { code: 7 }, denied_response: { status: { code: 401 } } }];
      assert.equal((await ask(gateway.port, { path: '/nowhere' })).status, 401);
      assert.equal((await ask(gateway.port, { path: '/nowhere' })).status, 404);
      verdicts = [{ status: { code: 7 } }];
      assert.equal((await ask(gateway.port, { path: '/x' })).status, 403);
      assert.deepEqual([callsOf('a'), callsOf('b'), checked.length], [0, 0, 3]);
      const denied = { reason: 'auth_denied', route: '' };
      assert.equal(gateway.metric('daemun_request_failures_total', denied), 2);
      gateway.close();
      const routes = gateway.accessLog
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).route);
      assert.deepEqual(routes, [null, null, null]);
    });

    it(`run in their order on requests by ${version}, each with what those before it changed`, async () => {
      await start(tiers([ASKED, ASKED]));
      verdicts = [setting('silver'), setting('gold')];
      await ask(gateway.port, { path: '/x' });
      assert.deepEqual(
        checked.map(({ http }) => http.headers['x-tier']),
        [undefined, 'silver'],
      );
      assert.equal(callsOf('b'), 1);
      verdicts = [{ status: { code: 7 } }];
      await ask(gateway.port, { path: '/x' });
      assert.equal(checked.length, 3);
    });

    it(`let nothing pass by ${version} when one cannot be resolved`, async () => {
      await start(tiers([ASKED, { kind: 'fault', fault: FAULT }]));
      for (const path of ['/x', '/nowhere']) {
        const { status, text } = await ask(gateway.port, { path });
        assert.deepEqual([status, text], [500, 'cannot be resolved\n']);
      }
      assert.deepEqual([callsOf('a'), callsOf('b')], [0, 0]);
    });
  }

  it('are not asked about requests of other listeners, of none, and about health', async () => {
    const health = { path: '/healthz', headers: [] };
    const guarded = tiers([ASKED], { hostname: 'a.test', health });
    const open = tiers([], { id: 'default/gw/open', name: 'open', hostname: 'b.test' });
    await start(guarded, open);
    const [[, ask]] = CLIENTS as [(typeof CLIENTS)[number]];
    const statusOf = async (host: string, path: string): Promise<number> =>
      (await ask(gateway.port, { path, headers: { host } })).status;
    assert.deepEqual([await statusOf('b.test', '/x'), await statusOf('c.test', '/x')], [200, 404]);
    assert.deepEqual([await statusOf('a.test', '/healthz'), await statusOf('a.test', '/%00')], [200, 400]);
    assert.equal(checked.length, 0);
    assert.deepEqual([await statusOf('a.test', '/x'), checked.length], [200, 1]);
  });

  it('stand before gRPC calls too, whose messages are counted whole', async () => {
    const { server: grpc, port } = await shapesServer({
      Unary: (_call: object, done: (error: null, reply: Buffer) => void) => done(null, Buffer.from('yes')),
    });
    await gateway.apply({
      listeners: [listener('grpc', [rule('r', [backend('a')])], { filters: [ASKED] })],
      clusters: { a: [port], auth: [server.port] },
    });
    const client = shapesClient(gateway.port);
    assert.equal(String(await unary(client, Buffer.from('x'))), 'yes');
    verdicts = [{ status: { code: 7 }, denied_response: { status: { code: 401 }, body: 'who?' } }];
    await assert.rejects(unary(client, Buffer.from('x')), { code: 16, details: 'who?' });
    assert.equal(gateway.metric('daemun_route_requests_total', { route: 'default/r' }), 1);
    assert.equal(gateway.metric('grpc_server_handled_total', { grpc_code: 'Unauthenticated' }), 1);
    client.close();
    grpc.forceShutdown();
  });
});
