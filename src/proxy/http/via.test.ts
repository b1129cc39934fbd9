// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer as createHttp1,
  type IncomingHttpHeaders,
  request as request1,
  type ServerResponse,
} from 'node:http';
import { connect as connect2, createServer as createHttp2 } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { httpListener, TestGateway } from './gateway.test-support.ts';

type Ask = (port: number, fields?: Readonly<Record<string, string>>) => Promise<IncomingHttpHeaders>;

/** Says what `via` it got; the answer to `x-end: head` has no body. */
function answer({ headers }: { readonly headers: IncomingHttpHeaders }, response: ServerResponse): void {
  response.setHeader('x-via', headers.via ?? '');
  if (headers['x-end'] === undefined) response.setHeader('via', '1.0 origin');
  response.end(headers['x-end'] === undefined ? 'body' : undefined);
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const by1: Ask = async (port, headers = {}) => {
  const [response] = await once(request1({ port, host: '127.0.0.1', headers, agent: false }).end(), 'response');
  response.resume();
  return response.headers;
};

const by2: Ask = async (port, fields = {}) => {
  const session = connect2(`http://127.0.0.1:${port}`);
  const [head] = await once(session.request({ ':path': '/', ...fields }), 'response');
  session.destroy();
  return head;
};

describe('via', () => {
  const servers = {
    h1: createHttp1(answer),
    h2: createHttp2((request, response) => answer(request, response as unknown as ServerResponse)),
  };
  after(() => {
    for (const server of Object.values(servers)) server.close();
  });

  for (const [protocol, received] of [
    ['h1', '1.1'],
    ['h2', '2'],
  ] as const) {
    const gateway = new TestGateway({ via: 'gw' });
    const silent = new TestGateway();
    before(async () => {
      const clusters = { main: [await listening(servers[protocol])] };
      const parts = { listeners: [httpListener('l', { '/': 'main' })], clusters, clusterChanges: { protocol } };
      await gateway.apply(parts);
      await silent.apply(parts);
    });
    after(() => {
      gateway.close();
      silent.close();
    });

    for (const [version, ask] of [
      ['1.1', by1],
      ['2', by2],
    ] as const) {
      it(`says that the request came by ${version} and the response by ${received}, behind what others said`, async () => {
        const first = await ask(gateway.port);
        assert.deepEqual([first['x-via'], first.via], [`${version} gw`, `1.0 origin, ${received} gw`]);
        const other = await ask(gateway.port, { via: '1.1 edge', 'x-end': 'head' });
        assert.deepEqual([other['x-via'], other.via], [`1.1 edge, ${version} gw`, `${received} gw`]);
      });

      it(`is left alone by default (${version} to ${received})`, async () => {
        const { 'x-via': got, via } = await ask(silent.port, { via: '1.1 edge' });
        assert.deepEqual([got, via], ['1.1 edge', '1.0 origin']);
      });
    }
  }
});
