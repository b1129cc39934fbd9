// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { REFUSED, SOUND } from '../../wire/http1/smuggling-corpus.test-support.ts';
import { backend, listener, rule, TestGateway } from '../http/gateway.test-support.ts';

/** What the backend answers, in time of its own. */
const FIRST =
  'POST /test.Shapes/first HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/grpc\r\nContent-Length: 1\r\n\r\nx';

/** Routed, so that what would get through would reach the backend. */
function routed(bytes: string): string {
  return bytes
    .replaceAll('Host: a.example\r\n', 'Host: a.example\r\nContent-Type: application/grpc\r\n')
    .replaceAll(/(GET|POST) \/(smuggled|last)? /g, '$1 /test.Shapes/x$2 ');
}

describe('requests that could be smuggled, over a socket', () => {
  const gateway = new TestGateway();
  const reached: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      reached.push(`${request.method} ${request.url} ${body}`);
      response.end();
    });
  });

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await gateway.apply({
      listeners: [listener('all', [rule('all', [backend('main')])])],
      clusters: { main: [(server.address() as AddressInfo).port] },
      clusterChanges: { protocol: 'h1' },
    });
  });

  after(() => {
    gateway.close();
    server.close();
    server.closeAllConnections();
  });

  /** What is answered until the gateway ends the connection. */
  async function answerTo(bytes: string): Promise<string> {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(bytes, 'latin1');
    let answer = '';
    for await (const part of socket) answer += part;
    return answer;
  }

  for (const { what, bytes, status } of REFUSED) {
    it(`answers ${status} to ${what}, ends, and tells no backend`, async () => {
      reached.length = 0;
      const answer = await answerTo(bytes);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      assert.equal(answer.match(/HTTP\/1\.1 \d/g)?.length, 1);
      const routedAnswer = await answerTo(routed(bytes));
      assert.match(routedAnswer, new RegExp(`^HTTP/1.1 ${status} `));
      assert.deepEqual(reached, []);
      const behindAnother = await answerTo(FIRST + bytes);
      const statuses = behindAnother.match(/(?<=HTTP\/1\.1 )\d+/g);
      assert.deepEqual(statuses, ['200', String(status)]);
      assert.deepEqual(reached, ['POST /test.Shapes/first x']);
    });
  }

  for (const { what, bytes, requests } of SOUND) {
    it(`answers as many requests as there are with ${what}`, async () => {
      const last = 'GET /last HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n';
      const answer = await answerTo(bytes + last);
      assert.equal(answer.match(/HTTP\/1\.1 404/g)?.length, requests + 1);
    });
  }
});
