// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as request1, type ServerResponse } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import type { Rule } from '../../snapshot/index.ts';
import { SocketLoop } from '../io/index.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { type Handler, HttpClient, HttpServer, VERSIONS, type Version } from './http-peers.test-support.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A gateway whose time stands still until a test moves it, before one server. */
class Bed {
  readonly gateway: TestGateway;
  readonly #loop: SocketLoop;
  readonly #time: { nowMs: number };

  private constructor(gateway: TestGateway, loop: SocketLoop, time: { nowMs: number }) {
    this.gateway = gateway;
    this.#loop = loop;
    this.#time = time;
  }

  static async start(version: Version, changes: Partial<Rule>, serve: Handler): Promise<Bed> {
    const time = { nowMs: 0 };
    const loop = new SocketLoop(() => time.nowMs);
    const server = await HttpServer.start(version, serve);
    const gateway = new TestGateway({}, loop);
    open.push(gateway, server);
    await gateway.apply({
      listeners: [httpListener('web', { '/': 'a' }, changes)],
      clusters: { a: [server.port] },
      clusterChanges: { protocol: version === 'HTTP/2' ? 'h2' : 'h1' },
    });
    return new Bed(gateway, loop, time);
  }

  client(version: Version): HttpClient {
    const client = new HttpClient(version, this.gateway.port);
    open.push(client);
    return client;
  }

  /** Time passes in which this process, all of the peers included, does nothing. */
  stall(ms: number): void {
    this.#time.nowMs += ms;
    // Longer than until the next look of the wheel, which is at the machine's time.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
  }

  pass(ms: number): void {
    this.#time.nowMs += ms;
    this.#loop.deadlines.advance(this.#time.nowMs);
  }
}

for (const client of VERSIONS) {
  for (const server of VERSIONS) {
    describe(`the timeout of a try, ${client} to ${server}`, () => {
      it('does not count time in which the gateway was stopped, and the answer was there', async () => {
        const bed: Bed = await Bed.start(server, { backendTimeoutMs: 20 }, (_request, response) => {
          response.end('in time');
          setImmediate(() => bed.stall(10_000));
        });
        const { status, body } = await bed.client(client).ask({ path: '/' });
        assert.deepEqual([status, body], [200, 'in time']);
      });

      it('answers 504 when an endpoint does not begin to answer, and not a moment before', async () => {
        const asked = Promise.withResolvers<void>();
        const bed = await Bed.start(server, { backendTimeoutMs: 500 }, () => asked.resolve());
        const answer = bed.client(client).ask({ path: '/', method: 'POST', body: 'x' });
        await asked.promise;
        bed.pass(499);
        assert.equal(bed.gateway.metric('daemun_request_failures_total'), 0);
        bed.pass(11);
        const { status, body } = await answer;
        assert.deepEqual([status, body], [504, 'the endpoint did not begin its answer within 500 ms\n']);
        const labels = { reason: 'backend_timeout', source: 'upstream' };
        assert.equal(bed.gateway.metric('daemun_request_failures_total', labels), 1);
      });

      it('does not cut an answer that flows', async () => {
        const began = Promise.withResolvers<ServerResponse>();
        const bed = await Bed.start(server, { backendTimeoutMs: 500 }, (_request, response) => {
          response.write('first ');
          began.resolve(response);
        });
        const head = Promise.withResolvers<void>();
        const answer = bed.client(client).ask({ path: '/', onHead: head.resolve });
        const response = await began.promise;
        await head.promise;
        bed.pass(60_000);
        response.end('last');
        const { status, body } = await answer;
        assert.deepEqual([status, body], [200, 'first last']);
      });

      it('is one more try where the rule lists 504, each with a time of its own', async () => {
        let asked = 0;
        let ask = Promise.withResolvers<void>();
        const retry = { attempts: 1, httpStatuses: [504], grpcStatuses: [], backoffMs: 10 };
        const bed = await Bed.start(server, { backendTimeoutMs: 500, retry }, (_request, response) => {
          asked++;
          ask.resolve();
          if (asked === 2) response.end('second');
        });
        const answer = bed.client(client).ask({ path: '/' });
        await ask.promise;
        ask = Promise.withResolvers();
        bed.pass(510);
        bed.pass(40);
        await ask.promise;
        assert.equal((await answer).body, 'second');
        assert.equal(bed.gateway.metric('daemun_upstream_retries_total', { reason: 'backend_timeout' }), 1);
      });
    });
  }
}

describe('the timeout of a try', () => {
  it('does not run while the client is late with its request', async () => {
    const came = Promise.withResolvers<void>();
    const whole = Promise.withResolvers<ServerResponse>();
    const bed = await Bed.start('HTTP/1.1', { backendTimeoutMs: 500 }, (request, response) => {
      request.once('data', () => came.resolve());
      request.on('end', () => whole.resolve(response));
    });
    const request = request1({ port: bed.gateway.port, host: '127.0.0.1', method: 'POST', agent: false });
    request.write('some');
    await came.promise;
    bed.pass(510);
    bed.pass(510);
    request.end('more');
    const response = await whole.promise;
    bed.pass(400);
    response.end();
    const [answer] = await once(request, 'response');
    assert.equal(answer.statusCode, 200);
    answer.resume();
  });
});
