// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import type { Filter, HttpPathMatch, Listener, PathChange, Redirect } from '../../snapshot/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import {
  type Answered,
  type Asked,
  clientOf,
  echoServer,
  forEachPair,
  type Seen,
} from './both-versions.test-support.ts';
import { backend, listener, rule, TestGateway } from './gateway.test-support.ts';

const HOST = 'shop.test:8080';

function redirect(changes: Partial<Redirect>): Filter {
  return {
    kind: 'redirect',
    redirect: { status: 302, scheme: null, hostname: null, port: null, path: null, ...changes },
  };
}

function rewrite(hostname: string | null, path: PathChange | null): Filter {
  return { kind: 'rewrite', rewrite: { hostname, path } };
}

function prefixed(prefix: string, value: string): PathChange {
  return { kind: 'prefix', prefix, value };
}

const COPY: Filter = { kind: 'mirror', target: { cluster: 'copies' }, share: { numerator: 1, denominator: 1 } };

interface RuleParts {
  readonly filters: readonly Filter[];
  /** Of the one backend; null: there is none. */
  readonly ofBackend?: readonly Filter[] | null;
}

const REDIRECTS: Readonly<Record<string, RuleParts>> = {
  '/secure': { filters: [redirect({ scheme: 'https', status: 301 })], ofBackend: null },
  '/here': { filters: [redirect({ path: { kind: 'full', value: '/there' }, status: 303 })], ofBackend: null },
  '/old': { filters: [redirect({ path: prefixed('/old', '/new'), hostname: 'b.test', port: 8443 })], ofBackend: null },
  '/kept': { filters: [redirect({ status: 308 })], ofBackend: null },
  '/of-backend': { filters: [], ofBackend: [redirect({ status: 307, hostname: 'c.test', port: 80 })] },
};
const REWRITES: Readonly<Record<string, RuleParts>> = {
  '/full': { filters: [rewrite(null, { kind: 'full', value: '/one' })] },
  '/strip': { filters: [rewrite(null, prefixed('/strip', ''))] },
  '/host': { filters: [rewrite('inner.test', null)] },
  '/both': { filters: [rewrite('inner.test', prefixed('/both', '/a/b'))] },
  '/of-backend': {
    filters: [rewrite('rule.test', prefixed('/of-backend', '/rule'))],
    ofBackend: [rewrite(null, { kind: 'full', value: '/backend' })],
  },
};

function routes(parts: Readonly<Record<string, RuleParts>>): Listener {
  const entries = Object.entries(parts).map(([value, { filters, ofBackend = [] }]) => {
    const path: HttpPathMatch = { kind: 'prefix', value };
    const match = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
    const backends = ofBackend === null ? [] : [backend('main', 1, ofBackend)];
    return { match, rule: rule(value, backends, { filters }), matchIndex: 0 };
  });
  return listener('all', [], {
    virtualHosts: [{ hostname: '*', entries }],
    ports: { own: 8080, http: 80, https: 443 },
  });
}

forEachPair((client, server) => {
  let asker: ReturnType<typeof clientOf>;
  const close: (() => void)[] = [];
  const ask = (path: string, more: Partial<Asked> = {}): Promise<Answered> => asker.ask({ host: HOST, path, ...more });
  const seen = async (path: string): Promise<Seen> => JSON.parse((await ask(path)).body) as Seen;

  const start = async (parts: Readonly<Record<string, RuleParts>>): Promise<void> => {
    const { port, close: closeServer } = await echoServer(server);
    const gateway = new TestGateway();
    await gateway.apply({
      listeners: [routes(parts)],
      clusters: { main: [port] },
      clusterChanges: { protocol: server === 'HTTP/2' ? 'h2' : 'h1' },
    });
    const opened = clientOf(client, gateway.port);
    asker = opened;
    close.push(
      closeServer,
      () => gateway.close(),
      () => opened.close(),
    );
  };
  after(() => {
    for (const each of close.toReversed()) each();
  });

  describe('a redirect', () => {
    before(() => start(REDIRECTS));

    for (const [path, status, location] of [
      ['/secure/x?q=1', 301, 'https://shop.test/secure/x?q=1'],
      ['/here?q=1', 303, 'http://shop.test:8080/there?q=1'],
      ['/old/x?q=/old', 302, 'http://b.test:8443/new/x?q=/old'],
      ['/x/../kept//y', 308, 'http://shop.test:8080/kept/y'],
      ['/of-backend', 307, 'http://c.test/of-backend'],
    ] as const) {
      it(`answers ${path} with ${status} and ${location}`, async () => {
        const answer = await ask(path);
        assert.deepEqual([answer.status, answer.fields['location']], [status, location]);
      });
    }

    it('leaves the connection usable where the request had a body', async () => {
      for (const body of ['', 'short', 'long '.repeat(10_000)]) {
        const answer = await ask('/secure', { method: 'POST', body });
        assert.deepEqual([answer.status, answer.body], [301, 'see https://shop.test/secure\n']);
        assert.equal((await ask('/here')).status, 303);
      }
    });

    it('answers HEAD with the head alone, and a gRPC call in HTTP', async () => {
      const head = await ask('/secure', { method: 'HEAD' });
      assert.deepEqual([head.status, head.body, head.fields['location']], [301, '', 'https://shop.test/secure']);
      const grpc = await ask('/kept/Call', {
        method: 'POST',
        fields: { 'content-type': 'application/grpc' },
        body: 'x',
      });
      assert.deepEqual([grpc.status, grpc.fields['location']], [308, 'http://shop.test:8080/kept/Call']);
    });
  });

  describe('a rewrite', () => {
    before(() => start(REWRITES));

    for (const [path, target, host] of [
      ['/full/x?q=1', '/one?q=1', HOST],
      ['/strip/x/y?q=/strip', '/x/y?q=/strip', HOST],
      ['/strip', '/', HOST],
      ['/strip/', '/', HOST],
      ['/strip?q', '/?q', HOST],
      ['/host/x', '/host/x', 'inner.test'],
      ['/both', '/a/b', 'inner.test'],
      ['/both/?q', '/a/b/?q', 'inner.test'],
      ['/x/..//both/%7Ex', '/a/b/~x', 'inner.test'],
      ['/of-backend/x', '/backend', 'rule.test'],
    ] as const) {
      it(`asks for ${target} of ${host} in place of ${path}`, async () => {
        const got = await seen(path);
        assert.deepEqual([got.target, got.host], [target, host]);
      });
    }

    it('changes each of many paths, whether they stand in lists or not', async () => {
      for (let count = 0; count < 400; count++) {
        const got = await seen(`/both/${count}?n=${count}`);
        assert.deepEqual([got.target, got.host], [`/a/b/${count}?n=${count}`, 'inner.test']);
      }
    });
  });
});

describe('a request that is redirected', () => {
  it('is no failure: it is counted by its status, and its line in the log has no reason', async () => {
    const gateway = new TestGateway({ accessLog: true });
    await gateway.apply({ listeners: [routes({ '/kept': REDIRECTS['/kept'] as RuleParts })], clusters: {} });
    const client = clientOf('HTTP/2', gateway.port);
    assert.equal((await client.ask({ host: HOST, path: '/kept' })).status, 308);
    client.close();
    assert.equal(gateway.metric('daemun_request_failures_total'), 0);
    gateway.close();
    const { http_status, reason, route } = JSON.parse(gateway.accessLog);
    assert.deepEqual([http_status, reason, route], [308, null, 'default//kept']);
  });
});

describe('a request whose client waits for leave to send its body', () => {
  it('is redirected at once', async () => {
    // Its timers stand still: nothing waits for one.
    const gateway = new TestGateway({}, undefined, new VirtualClock());
    await gateway.apply({ listeners: [routes({ '/kept': REDIRECTS['/kept'] as RuleParts })], clusters: {} });
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`PUT /kept HTTP/1.1\r\nhost: ${HOST}\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n`);
    assert.match(await text(socket), /^HTTP\/1\.1 308 /);
    gateway.close();
  });
});

describe('a mirror beside a rewrite', () => {
  it('is asked for what the endpoint is asked for', async () => {
    const main = await echoServer('HTTP/2');
    const asked = Promise.withResolvers<string>();
    const copies = createServer(request => {
      asked.resolve(`${request.url} ${request.headers[':authority']}`);
    });
    copies.listen(0, '127.0.0.1');
    await once(copies, 'listening');
    const gateway = new TestGateway();
    await gateway.apply({
      listeners: [routes({ '/copied': { filters: [COPY, rewrite('inner.test', prefixed('/copied', '/c'))] } })],
      clusters: { main: [main.port], copies: [(copies.address() as AddressInfo).port] },
    });
    const client = clientOf('HTTP/1.1', gateway.port);
    const answer = await client.ask({ host: HOST, path: '/copied/x?q' });
    const { target, host } = JSON.parse(answer.body) as Seen;
    assert.equal(await asked.promise, '/c/x?q inner.test');
    assert.deepEqual([target, host], ['/c/x?q', 'inner.test']);
    client.close();
    gateway.close();
    main.close();
    copies.close();
  });
});
