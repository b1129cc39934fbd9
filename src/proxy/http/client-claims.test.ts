// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp1, type IncomingHttpHeaders, request as request1 } from 'node:http';
import { connect as connect2, createServer as createHttp2 } from 'node:http2';
import { type AddressInfo, connect, type Server } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import type { RequestListener } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { backend, httpListener, rule, TestGateway } from './gateway.test-support.ts';

const TRUSTED = '127.0.0.2';
const OTHER = '127.0.0.3';
/** What a client may say, or a proxy. */
const SAID = {
  'x-forwarded-for': '192.0.2.1, 127.0.0.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'public.test',
  'x-forwarded-client-cert': 'By=spiffe://a',
  forwarded: 'for=192.0.2.1',
  'x-real-ip': '192.0.2.1',
  'x-original-url': '/admin',
  'x-envoy-internal': 'true',
  'x-request-id': 'theirs',
};

type Fields = Readonly<Record<string, string>>;
type Ask = (from: string, fields: Fields, path?: string) => Promise<IncomingHttpHeaders>;

/** Everything goes to `main`, but what came by https to `secure`. */
function gatewayListener(trustedProxies: readonly string[]): RequestListener {
  const plain = httpListener('l', { '/': 'main' });
  const [host] = plain.virtualHosts;
  const [entry] = host?.entries ?? [];
  if (entry === undefined || entry.match.kind !== 'http') throw new Error('no entry');
  const headers = [{ kind: 'exact', name: 'x-forwarded-proto', value: 'https' }] as const;
  const secure = { match: { ...entry.match, headers }, rule: rule('secure', [backend('secure')]), matchIndex: 0 };
  return { ...plain, trustedProxies, virtualHosts: [{ hostname: '*', entries: [secure, entry] }] };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Answers with the fields that it got. */
const echo = (
  name: string,
): ((request: { readonly headers: IncomingHttpHeaders }, response: { end(text: string): unknown }) => void) => {
  return ({ headers }, response) => {
    response.end(JSON.stringify({ ...headers, server: name }));
  };
};

function by1(port: number): Ask {
  return async (from, fields, path = '/') => {
    const headers = { host: 'a.test:8080', ...fields };
    const request = request1({ port, host: '127.0.0.1', localAddress: from, path, headers, agent: false });
    const [response] = await once(request.end(), 'response');
    return (await json(response)) as IncomingHttpHeaders;
  };
}

function by2(port: number): Ask {
  return async (from, fields, path = '/') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    const session = connect2('http://a.test:8080', { createConnection: () => socket });
    const stream = session.request({ ':path': path, ...fields });
    const body = await text(stream);
    session.destroy();
    return JSON.parse(body);
  };
}

describe('what a request says of its client', () => {
  const servers = {
    h1: [createHttp1(echo('main')), createHttp1(echo('secure'))] as const,
    h2: [createHttp2(echo('main')), createHttp2(echo('secure'))] as const,
  };

  after(() => {
    for (const server of Object.values(servers).flat()) server.close();
  });

  for (const protocol of ['h1', 'h2'] as const) {
    describe(`to an endpoint by ${protocol}`, () => {
      const gateway = new TestGateway({ accessLog: true });
      const unasked = new TestGateway();

      before(async () => {
        const [main, secure] = [await listening(servers[protocol][0]), await listening(servers[protocol][1])];
        const parts = { clusters: { main: [main], secure: [secure] }, clusterChanges: { protocol } };
        await gateway.apply({ ...parts, listeners: [gatewayListener([`${TRUSTED}/32`, '127.0.0.9/32'])] });
        await unasked.apply({ ...parts, listeners: [gatewayListener([])] });
      });

      after(() => {
        gateway.close();
        unasked.close();
      });

      for (const [version, by] of [
        ['HTTP/1.1', by1],
        ['HTTP/2', by2],
      ] as const) {
        it(`is believed by ${version} where a trusted proxy says it`, async () => {
          const seen = await by(gateway.port)(TRUSTED, SAID);
          assert.deepEqual(
            { ...pick(seen), server: seen['server'] },
            {
              ...SAID,
              'x-forwarded-for': `${SAID['x-forwarded-for']}, ${TRUSTED}`,
              'x-envoy-internal': undefined,
              server: 'secure',
            },
          );
        });

        it(`is dropped or replaced by ${version} where anybody else says it`, async () => {
          for (const [asked, from] of [
            [gateway, OTHER],
            [unasked, TRUSTED],
          ] as const) {
            const seen = await by(asked.port)(from, SAID);
            const { 'x-request-id': id, ...rest } = pick(seen);
            const none = Object.fromEntries(Object.keys(rest).map(name => [name, undefined]));
            assert.deepEqual(
              { ...rest, server: seen['server'] },
              {
                ...none,
                'x-forwarded-for': `${SAID['x-forwarded-for']}, ${from}`,
                'x-forwarded-proto': 'http',
                'x-forwarded-host': 'a.test:8080',
                server: 'main',
              },
            );
            // Who names no proxies keeps the ids of all clients.
            if (asked === unasked) assert.equal(id, 'theirs');
            else assert.match(id ?? '', /^[0-9a-f-]{36}$/);
          }
        });
      }

      it('is the same when it differs with each request of a connection', async () => {
        const seen = await manyFrom(gateway.port, TRUSTED, 60);
        for (const [at, headers] of seen.entries()) {
          assert.equal(headers['x-forwarded-for'], `192.0.2.${at}, ${TRUSTED}`);
          assert.equal(headers['x-real-ip'], `192.0.2.${at}`);
        }
        for (const [at, headers] of (await manyFrom(gateway.port, OTHER, 60)).entries()) {
          assert.equal(headers['x-forwarded-for'], `192.0.2.${at}, ${OTHER}`);
          assert.equal(headers['x-real-ip'], undefined);
        }
      });

      it('is logged as the client', async () => {
        const ask = by1(gateway.port);
        await ask(TRUSTED, { 'x-forwarded-for': '203.0.113.7, 192.0.2.1, 127.0.0.9' }, '/logged');
        await ask(OTHER, { 'x-forwarded-for': '192.0.2.1' }, '/logged');
        await ask(TRUSTED, {}, '/logged');
        const lines = (): readonly string[] => gateway.accessLog.split('\n').filter(line => line.includes('"/logged"'));
        await until(() => lines().length >= 3);
        assert.deepEqual(
          lines().map(line => JSON.parse(line).client),
          ['192.0.2.1', OTHER, TRUSTED],
        );
      });
    });
  }
});

function pick(seen: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(SAID).map(name => [name, seen[name] as string | undefined]));
}

/** The fields that endpoints got of requests in a row on one connection, each with an address of its own. */
async function manyFrom(port: number, from: string, count: number): Promise<IncomingHttpHeaders[]> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  const session = connect2('http://a.test:8080', { createConnection: () => socket });
  const all: IncomingHttpHeaders[] = [];
  for (let at = 0; at < count; at++) {
    const address = `192.0.2.${at}`;
    const stream = session.request({ ':path': '/', 'x-forwarded-for': address, 'x-real-ip': address });
    all.push(JSON.parse(await text(stream)));
  }
  session.destroy();
  return all;
}
