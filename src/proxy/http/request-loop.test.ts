// SPDX-License-Identifier: Apache-2.0

/** Requests whose endpoint is the gateway itself: each costs a bounded number of hops, whatever it is made of. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ServiceError, status } from '@grpc/grpc-js';
import type { ExternalAuth, Listener } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { GRPC_AUTH, grpcAuthServer, HTTP_AUTH } from './external-auth.test-support.ts';
import { backend, httpListener, listener, rule, shapesClient, TestGateway, unary } from './gateway.test-support.ts';

/** Proxies before a request that is still passed on, and copies of copies. */
const MOST = 32;
const MOST_COPIED = 8;

const authBy = (cluster: string, kind: 'grpc' | 'http') => {
  const auth: ExternalAuth = kind === 'grpc' ? { ...GRPC_AUTH, cluster } : { ...HTTP_AUTH, cluster };
  return { kind: 'external-auth', auth } as const;
};

describe('a request that comes back', () => {
  let gateway: TestGateway;
  let origin: Server;

  beforeEach(async () => {
    gateway = new TestGateway();
    origin = createServer((_request, response) => response.end('origin'));
    origin.listen(0, '127.0.0.1');
    await once(origin, 'listening');
  });
  afterEach(() => {
    gateway.close();
    origin.close();
    origin.closeAllConnections();
  });

  /** A gateway whose cluster `self` is itself, which it knows only when it listens. */
  async function start(web: Listener, self: 'h1' | 'h2', more: Readonly<Record<string, number[]>> = {}): Promise<void> {
    const { port } = origin.address() as AddressInfo;
    const parts = { listeners: [web], protocols: { self, o: 'h1' } as const };
    await gateway.apply({ ...parts, clusters: { ...more, self: [], o: [port] } });
    await gateway.apply({ ...parts, port: gateway.port, clusters: { ...more, self: [gateway.port], o: [port] } });
  }

  async function ask(forwardedFor?: string): Promise<[number, string]> {
    const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    const asked = request({ host: '127.0.0.1', port: gateway.port, headers, agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return [response.statusCode ?? 0, await text(response)];
  }

  const taken = (): number => gateway.metric('daemun_route_requests_total');
  const refused = (): number => gateway.metric('daemun_request_failures_total', { reason: 'request_loop' });

  for (const protocol of ['h1', 'h2'] as const) {
    it(`is answered with 508 when it came through more than ${MOST} proxies, over ${protocol}`, async () => {
      await start(httpListener('web', { '/': 'self' }), protocol);
      const [code, body] = await ask();
      assert.equal(code, 508);
      assert.match(body, /goes round/);
      // The first one has none before it, the last one is not passed on.
      await until(() => taken() === MOST + 2);
      assert.equal(refused(), 1);
    });
  }

  const changes = {
    'takes the addresses away': { set: [], add: [], remove: ['x-forwarded-for'] },
    'puts another one in their place': { set: [{ name: 'x-forwarded-for', value: '10.0.0.1' }], add: [], remove: [] },
    'takes all away that counts': { set: [], add: [], remove: ['x-forwarded-for', 'cdn-loop'] },
  };
  for (const [does, change] of Object.entries(changes)) {
    it(`is counted where a filter ${does}`, async () => {
      const filters = [{ kind: 'request-headers', change }] as const;
      await start(httpListener('web', { '/': 'self' }, { filters }), 'h1');
      assert.equal((await ask())[0], 508);
      await until(() => taken() === MOST + 2);
      assert.equal(refused(), 1);
    });
  }

  it('is counted where an authorization server takes the addresses away', async () => {
    const judge = await grpcAuthServer(() => ({ ok_response: { headers_to_remove: ['x-forwarded-for', 'cdn-loop'] } }));
    try {
      const filters = [authBy('auth', 'grpc')];
      await start(httpListener('web', { '/': 'self' }, { filters }), 'h1', { auth: [judge.port] });
      assert.equal((await ask())[0], 508);
      await until(() => taken() === MOST + 2);
    } finally {
      judge.close();
    }
  });

  for (const protocol of ['grpc', 'http'] as const) {
    const spoken = protocol === 'grpc' ? 'h2' : 'h1';

    it(`is refused where a rule has the gateway itself judge by ${protocol}, as often as it is asked then`, async () => {
      await start(httpListener('web', { '/': 'o' }, { filters: [authBy('self', protocol)] }), spoken);
      assert.equal((await ask())[0], 503);
      await until(() => taken() === MOST + 2);
      assert.equal(refused(), 1);
    });

    it(`is refused where a listener has the gateway itself judge by ${protocol}, as often as it is asked then`, async () => {
      const web = httpListener('web', { '/': 'o' });
      await start({ ...web, filters: [authBy('self', protocol)] }, spoken);
      assert.equal((await ask())[0], 503);
      await until(() => gateway.metric('daemun_external_auth_checks_total', { outcome: 'failed' }) === MOST + 1);
      assert.equal(refused(), 1);
    });
  }

  it('is a call that ends with INTERNAL, which clients do not try again', async () => {
    await start(listener('web', [rule('r', [backend('self')])]), 'h2');
    const client = shapesClient(gateway.port);
    await assert.rejects(unary(client, Buffer.from('x')), (error: ServiceError) => error.code === status.INTERNAL);
    client.close();
    assert.equal(refused(), 1);
  });

  it('is copied by a mirror that is its own rule a few times', async () => {
    const mirror = { kind: 'mirror', target: { cluster: 'self' }, share: { numerator: 1, denominator: 1 } } as const;
    await start(httpListener('web', { '/': 'o' }, { filters: [mirror] }), 'h1');
    assert.deepEqual(await ask(), [200, 'origin']);
    await until(() => gateway.metric('daemun_limit_hits_total', { limit: 'mirrored_hops' }) === 1);
    await until(() => gateway.metric('daemun_mirror_requests_total', { outcome: 'answered' }) === MOST_COPIED);
    assert.equal(taken(), MOST_COPIED + 1);
  });

  it('is copied as seldom where a filter takes the addresses away', async () => {
    const mirror = { kind: 'mirror', target: { cluster: 'self' }, share: { numerator: 1, denominator: 1 } } as const;
    const change = { set: [], add: [], remove: ['x-forwarded-for'] };
    await start(httpListener('web', { '/': 'o' }, { filters: [{ kind: 'request-headers', change }, mirror] }), 'h1');
    assert.deepEqual(await ask(), [200, 'origin']);
    await until(() => gateway.metric('daemun_limit_hits_total', { limit: 'mirrored_hops' }) === 1);
    await until(() => taken() === MOST_COPIED + 1);
  });

  it('is any with so many proxies before it, and no other', async () => {
    await start(httpListener('web', { '/': 'o' }), 'h1');
    const chain = (length: number): string => Array.from({ length }, (_, at) => `10.0.0.${at}`).join(', ');
    assert.deepEqual(await ask(chain(MOST)), [200, 'origin']);
    assert.equal((await ask(chain(MOST + 1)))[0], 508);
    assert.equal((await ask(','.repeat(60_000)))[0], 508);
    assert.deepEqual(await ask(chain(3)), [200, 'origin']);
  });
});
