// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp1, request as request1, type ServerResponse } from 'node:http';
import { connect as connect2, createServer as createHttp2 } from 'node:http2';
import { type AddressInfo, connect as connectTcp, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { HttpDate } from './http-date.ts';

const THEIRS = 'Sun, 06 Nov 1994 08:49:37 GMT';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('the date of responses', () => {
  it('is made anew when the second is over, also by a clock that is between two', () => {
    let wallMs = Date.UTC(2026, 10, 26, 10, 0, 0, 250);
    let asked = 0;
    const date = new HttpDate({
      nowMs: () => 0,
      wallMs: () => {
        asked++;
        return wallMs;
      },
      after: () => ({ cancel: () => {} }),
    });
    assert.equal(date.text(5_000), 'Thu, 26 Nov 2026 10:00:00 GMT');
    assert.equal(date.text(5_749), 'Thu, 26 Nov 2026 10:00:00 GMT');
    wallMs += 750;
    assert.equal(date.text(5_750), 'Thu, 26 Nov 2026 10:00:01 GMT');
    assert.equal(asked, 2);
  });

  it('is said where a request is refused before anybody else sees it', async () => {
    const gateway = new TestGateway();
    await gateway.apply({ listeners: [httpListener('l', { '/': 'none' })], clusters: { none: [] } });
    for (const request of ['GET / HTTP/1.1\r\nhost : a\r\n\r\n', `GET /${'x'.repeat(200_000)} HTTP/1.1\r\n`]) {
      const socket = connectTcp(gateway.port, '127.0.0.1');
      const beforeMs = Math.floor(Date.now() / 1_000) * 1_000;
      socket.write(request);
      const head = await text(socket);
      const dateMs = Date.parse(/^HTTP\/1.1 4.*\r\ndate: (.*?)\r\n/s.exec(head)?.[1] ?? '');
      assert.ok(dateMs >= beforeMs && dateMs <= Date.now(), head);
    }
    gateway.close();
  });

  const answer = ({ url }: { readonly url?: string | undefined }, response: ServerResponse): void => {
    response.sendDate = false;
    if (url === '/theirs') response.setHeader('date', THEIRS);
    response.end();
  };
  const servers = {
    h1: createHttp1(answer),
    h2: createHttp2((request, response) => answer(request, response as unknown as ServerResponse)),
  };
  after(() => {
    for (const server of Object.values(servers)) server.close();
  });

  for (const protocol of ['h1', 'h2'] as const) {
    describe(`of an endpoint by ${protocol}`, () => {
      const gateway = new TestGateway();
      before(async () => {
        const listeners = [httpListener('l', { '/none': 'none', '/': 'main' })];
        const clusters = { main: [await listening(servers[protocol])], none: [] };
        await gateway.apply({ listeners, clusters, clusterChanges: { protocol } });
      });
      after(() => gateway.close());

      const by1 = async (path: string): Promise<string | undefined> => {
        const [response] = await once(
          request1({ port: gateway.port, host: '127.0.0.1', path, agent: false }).end(),
          'response',
        );
        response.resume();
        return response.headers.date;
      };
      const by2 = async (path: string): Promise<string | undefined> => {
        const session = connect2(`http://127.0.0.1:${gateway.port}`);
        const [head] = await once(session.request({ ':path': path }), 'response');
        session.destroy();
        return head.date;
      };

      for (const [version, ask] of [
        ['HTTP/1.1', by1],
        ['HTTP/2', by2],
      ] as const) {
        it(`passes by ${version}, and is set where there is none`, async () => {
          assert.equal(await ask('/theirs'), THEIRS);
          const beforeMs = Math.floor(Date.now() / 1_000) * 1_000;
          for (const path of ['/ours', '/none']) {
            const dateMs = Date.parse((await ask(path)) ?? '');
            assert.ok(dateMs >= beforeMs && dateMs <= Date.now(), path);
          }
        });
      }
    });
  }
});
