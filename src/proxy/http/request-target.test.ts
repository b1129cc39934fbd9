// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { type AddressInfo, connect, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { normalTarget, targetFault } from '../../values/index.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { listOf, RawClient } from './raw-peer.test-support.ts';

/** Sent by a client as it stands; what an endpoint got of it, and by which rule. */
interface Seen {
  readonly status: number;
  /** '': none. */
  readonly rule: string;
  readonly target: string;
  readonly body: string;
}

type Ask = (target: string) => Promise<Seen>;

const NAMED: readonly (readonly [target: string, rule: string, seen: string])[] = [
  ['/admin/x', 'admin', '/admin/x'],
  ['/x/../admin/x?q=/../%41', 'admin', '/admin/x?q=/../%41'],
  ['//admin', 'admin', '/admin'],
  ['/%61dmin', 'admin', '/admin'],
  ['/./admin/.', 'admin', '/admin/'],
  ['/admin/%2e%2E/x', 'all', '/x'],
  ['/x%2fadmin', 'all', '/x%2Fadmin'],
  ['/Admin', 'all', '/Admin'],
  ['/x/\xc3\xa9?q=\xc3\xa9', 'all', '/x/%C3%A9?q=%C3%A9'],
];
const REFUSED = ['/x/..%2fadmin', '/x/..;/admin', '/x\\..\\admin', '/%', '/x%00', '/x#y'];

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function ask1(port: number, target: string): Promise<Seen> {
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.from(`GET ${target} HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n`, 'latin1'));
  const answer = await text(socket);
  const field = (name: string): string => new RegExp(`^${name}: (.*)\r$`, 'm').exec(answer)?.[1] ?? '';
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  return { status: Number(answer.slice(9, 12)), rule: field('x-rule'), target: field('x-target'), body };
}

async function ask2(client: RawClient, target: string): Promise<Seen> {
  const head = { ':method': 'GET', ':scheme': 'http', ':path': target, ':authority': 'a.test' };
  const { all } = await client.call(listOf(Object.entries(head)));
  return { status: Number(all[':status']), rule: all['x-rule'] ?? '', target: all['x-target'] ?? '', body: '' };
}

describe('the target of an HTTP request', () => {
  const answer =
    (rule: string) =>
    (
      { url }: { readonly url?: string | undefined },
      response: { setHeader(name: string, value: string): unknown; end(): unknown },
    ): void => {
      response.setHeader('x-rule', rule);
      response.setHeader('x-target', url ?? '');
      response.end();
    };
  const servers = {
    h1: { admin: createHttp1(answer('admin')), all: createHttp1(answer('all')) },
    h2: { admin: createHttp2(answer('admin')), all: createHttp2(answer('all')) },
  };

  after(() => {
    for (const { admin, all } of Object.values(servers)) for (const server of [admin, all]) server.close();
  });

  for (const protocol of ['h1', 'h2'] as const) {
    describe(`to an endpoint by ${protocol}`, () => {
      const gateway = new TestGateway({ accessLog: true });
      let client: RawClient;

      before(async () => {
        const { admin, all } = servers[protocol];
        await gateway.apply({
          listeners: [httpListener('l', { '/admin': 'admin', '/': 'all' })],
          clusters: { admin: [await listening(admin)], all: [await listening(all)] },
          clusterChanges: { protocol },
        });
        client = await RawClient.open(gateway.port);
      });

      after(() => {
        client.close();
        gateway.close();
      });

      const versions: readonly (readonly [string, Ask])[] = [
        ['HTTP/1.1', target => ask1(gateway.port, target)],
        ['HTTP/2', target => ask2(client, target)],
      ];
      for (const [version, ask] of versions) {
        it(`by ${version} is normalised before rules see it, and forwarded so`, async () => {
          for (const [target, rule, seen] of NAMED) {
            const got = await ask(target);
            assert.deepEqual([got.status, got.rule, got.target], [200, rule, seen], target);
          }
        });

        it(`by ${version} is refused when it could be read in two ways`, async () => {
          for (const target of REFUSED) {
            const { status, rule } = await ask(target);
            assert.deepEqual([status, rule], [400, ''], target);
          }
        });
      }

      it('is what was matched, whatever was sent, and on a connection whose targets all differ', async () => {
        const pieces = ['/', '/', '.', '..', 'admin', '%61', '%2e', '%2F', '%41', '?', 'x', ';'];
        let unique = 0;
        const targets = fc
          .array(fc.constantFrom(...pieces), { maxLength: 8 })
          .map(parts => `/${parts.join('')}${parts.includes('?') ? '' : '?'}u=${unique++}`);
        const property = fc.asyncProperty(targets, async target => {
          const { status, rule, target: seen } = await ask2(client, target);
          if (targetFault(target) !== undefined) {
            assert.equal(status, 400);
            return;
          }
          const normal = normalTarget(target);
          assert.deepEqual([status, seen, rule], [200, normal, /^\/admin(?:[/?]|$)/.test(normal) ? 'admin' : 'all']);
        });
        await fc.assert(property, { numRuns: 150 });
      });
    });
  }

  it('is logged as it was sent, and the refusal says why', async () => {
    const gateway = new TestGateway({ accessLog: true });
    await gateway.apply({ listeners: [httpListener('l', { '/': 'all' })], clusters: { all: [] } });
    assert.match((await ask1(gateway.port, '/a/..%2fb')).body, /\/a\/\.\.%2fb has a dot segment/);
    gateway.close();
    const { path, protocol, reason, http_status } = JSON.parse(gateway.accessLog);
    assert.deepEqual([path, protocol, reason, http_status], ['/a/..%2fb', 'HTTP/1.1', 'invalid_path', 400]);
  });
});
