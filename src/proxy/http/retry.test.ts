// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, it } from 'node:test';
import type { Cluster, RetryPolicy, Rule } from '../../snapshot/index.ts';
import { SocketLoop } from '../io/index.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { type Handler, HttpClient, HttpServer, VERSIONS, type Version } from './http-peers.test-support.ts';
import { MAX_REPLAY_BYTES } from './replay.ts';

const POLICY: RetryPolicy = { attempts: 3, httpStatuses: [500, 503], grpcStatuses: [14], backoffMs: 1 };

/** A gateway with one rule before a server that answers the n-th request (from 1) as `plan` says, and counts. */
class Bed {
  readonly gateway: TestGateway;
  readonly client: HttpClient;
  readonly server: HttpServer;
  readonly bodies: string[] = [];
  readonly heads: IncomingMessage['headers'][] = [];

  private constructor(gateway: TestGateway, client: HttpClient, server: HttpServer) {
    this.gateway = gateway;
    this.client = client;
    this.server = server;
  }

  static async start(
    versions: { readonly client: Version; readonly server: Version },
    changes: Partial<Rule>,
    plan: (count: number, response: ServerResponse) => void,
    clusterChanges: Partial<Cluster> = {},
    loop?: SocketLoop,
  ): Promise<Bed> {
    let bed: Bed | undefined;
    const serve: Handler = (request, response) => {
      bed?.heads.push(request.headers);
      void text(request).then(
        body => {
          bed?.bodies.push(body);
          plan(bed?.bodies.length ?? 0, response);
        },
        () => {},
      );
    };
    const server = await HttpServer.start(versions.server, serve);
    const gateway = new TestGateway({ accessLog: true }, loop);
    await gateway.apply({
      listeners: [httpListener('web', { '/': 'a' }, changes)],
      clusters: { a: [server.port] },
      clusterChanges: { protocol: versions.server === 'HTTP/2' ? 'h2' : 'h1', ...clusterChanges },
    });
    bed = new Bed(gateway, new HttpClient(versions.client, gateway.port), server);
    open.push(bed);
    return bed;
  }

  /** Lines of the access log that are written by now. */
  get logged(): { readonly attempts: number; readonly reason: string | null; readonly http_status: number }[] {
    this.gateway.runtime.close();
    return this.gateway.accessLog
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line));
  }

  close(): void {
    this.client.close();
    this.gateway.close();
    this.server.close();
  }
}

const open: Bed[] = [];
afterEach(() => {
  for (const bed of open.splice(0)) bed.close();
});

function answers(...statuses: readonly number[]): (count: number, response: ServerResponse) => void {
  return (count, response) => {
    response.statusCode = statuses[count - 1] ?? 200;
    response.end(`try ${count}`);
  };
}

for (const client of VERSIONS) {
  for (const server of VERSIONS) {
    describe(`retries, ${client} to ${server}`, () => {
      const versions = { client, server };

      it('repeat a request whose answer has a listed status, with its body, and the client sees the last answer alone', async () => {
        const bed = await Bed.start(versions, { retry: POLICY }, answers(503, 500));
        const got = await bed.client.ask({ path: '/cart', method: 'POST', body: 'apples' });
        assert.deepEqual([got.status, got.body], [200, 'try 3']);
        assert.deepEqual(bed.bodies, ['apples', 'apples', 'apples']);
        assert.equal(bed.gateway.metric('daemun_upstream_retries_total', { reason: 'status' }), 2);
        assert.equal(bed.gateway.metric('daemun_upstream_requests_pending'), 0);
        assert.deepEqual(
          bed.logged.map(({ attempts, reason }) => [attempts, reason]),
          [[3, null]],
        );
      });

      it('end with the last answer when the attempts are spent', async () => {
        const bed = await Bed.start(versions, { retry: { ...POLICY, attempts: 2 } }, answers(500, 500, 503, 200));
        const got = await bed.client.ask({ path: '/', method: 'GET' });
        assert.deepEqual([got.status, got.body, bed.bodies.length], [503, 'try 3', 3]);
      });

      it('are not made for a status that is not listed, nor without a policy', async () => {
        const other = await Bed.start(versions, { retry: POLICY }, answers(502));
        assert.equal((await other.client.ask({ path: '/' })).status, 502);
        const none = await Bed.start(versions, {}, answers(503));
        assert.equal((await none.client.ask({ path: '/' })).status, 503);
        assert.deepEqual([other.bodies.length, none.bodies.length], [1, 1]);
      });

      it('are not made when the endpoint was lost after it had the request: it may have done the work', async () => {
        const lose = (_count: number, response: ServerResponse): void => void response.socket?.destroy();
        const bed = await Bed.start(versions, { retry: POLICY }, lose);
        assert.equal((await bed.client.ask({ path: '/', method: 'POST', body: 'x' })).status, 503);
        assert.deepEqual(bed.bodies, ['x']);
      });

      it('are not made of a body that is larger than what is kept', async () => {
        const bed = await Bed.start(versions, { retry: POLICY }, answers(503));
        const body = 'x'.repeat(MAX_REPLAY_BYTES + 1);
        assert.equal((await bed.client.ask({ path: '/', method: 'POST', body })).status, 503);
        assert.equal(bed.bodies.length, 1);
        const small = await Bed.start(versions, { retry: POLICY }, answers(503));
        const kept = 'x'.repeat(MAX_REPLAY_BYTES);
        assert.equal((await small.client.ask({ path: '/', method: 'POST', body: kept })).status, 200);
        assert.deepEqual(
          small.bodies.map(({ length }) => length),
          [MAX_REPLAY_BYTES, MAX_REPLAY_BYTES],
        );
      });

      it('use the connection of a dropped answer again', async () => {
        const bed = await Bed.start(versions, { retry: { ...POLICY, backoffMs: 20 } }, answers(503, 503));
        assert.equal((await bed.client.ask({ path: '/' })).status, 200);
        assert.equal(bed.server.connections, 1);
      });
    });
  }
}

describe('retries of connections', () => {
  it('are made when no endpoint can be reached, and end with 503', async () => {
    const bed = await Bed.start({ client: 'HTTP/1.1', server: 'HTTP/1.1' }, { retry: POLICY }, answers());
    bed.server.close();
    assert.equal((await bed.client.ask({ path: '/' })).status, 503);
    assert.equal(bed.gateway.metric('daemun_upstream_retries_total', { reason: 'connect_failure' }), 3);
  });

  it('are not made for a backend without endpoints', async () => {
    const gateway = new TestGateway();
    await gateway.apply({ listeners: [httpListener('web', { '/': 'a' }, { retry: POLICY })], clusters: { a: [] } });
    const client = new HttpClient('HTTP/2', gateway.port);
    assert.equal((await client.ask({ path: '/' })).status, 503);
    assert.equal(gateway.metric('daemun_upstream_retries_total'), 0);
    client.close();
    gateway.close();
  });
});

describe('a request that waits for its next try', () => {
  it('ends with its deadline', async () => {
    const slow = { retry: { ...POLICY, backoffMs: 60_000 }, requestTimeoutMs: 40 };
    let nowMs = 0;
    const plan = (count: number, response: ServerResponse): void => {
      answers(503)(count, response);
      nowMs = 100;
    };
    const versions = { client: 'HTTP/2', server: 'HTTP/2' } as const;
    const bed = await Bed.start(versions, slow, plan, {}, new SocketLoop(() => nowMs));
    assert.equal((await bed.client.ask({ path: '/' })).status, 504);
    assert.equal(bed.bodies.length, 1);
    const [line] = bed.logged;
    assert.deepEqual([line?.attempts, line?.reason], [1, 'route_timeout']);
  });

  it('takes what still comes of its body, and sends all of it', async () => {
    const bed = await Bed.start({ client: 'HTTP/2', server: 'HTTP/1.1' }, { retry: POLICY }, answers(503));
    const body = 'x'.repeat(30_000);
    assert.equal((await bed.client.ask({ path: '/', method: 'POST', body })).body, 'try 2');
    assert.deepEqual(
      bed.bodies.map(({ length }) => length),
      [30_000, 30_000],
    );
  });
});

describe('the session of a request', () => {
  it('keeps its endpoint for all tries', async () => {
    const served = [0, 0];
    let failures = 0;
    const start = (index: number): Promise<HttpServer> =>
      HttpServer.start('HTTP/1.1', (_request, response) => {
        served[index] = (served[index] ?? 0) + 1;
        if (failures-- > 0) response.statusCode = 503;
        response.end(String(index));
      });
    const servers = [await start(0), await start(1)];
    const sessionPersistence = { kind: 'header', sessionName: 'x-s', absoluteTimeoutMs: null } as const;
    const gateway = new TestGateway();
    await gateway.apply({
      listeners: [httpListener('web', { '/': 'a' }, { retry: POLICY, sessionPersistence })],
      clusters: { a: servers.map(({ port }) => port) },
      clusterChanges: { protocol: 'h1' },
    });
    const client = new HttpClient('HTTP/1.1', gateway.port);
    const first = await client.ask({ path: '/' });
    failures = 2;
    const again = await client.ask({ path: '/', headers: { 'x-s': String(first.headers['x-s']) } });
    assert.deepEqual([again.status, again.body], [200, first.body]);
    assert.deepEqual([served[Number(first.body)], served[1 - Number(first.body)]], [4, 0]);
    client.close();
    gateway.close();
    for (const server of servers) server.close();
  });
});

describe('the budget of a cluster', () => {
  it('lets an outage meet a fifth more requests at most, beside a reserve', async () => {
    const fail = (_count: number, response: ServerResponse): void => {
      response.statusCode = 503;
      response.end();
    };
    const bed = await Bed.start(
      { client: 'HTTP/2', server: 'HTTP/1.1' },
      { retry: { ...POLICY, attempts: 5, backoffMs: 0 } },
      fail,
    );
    const startedMs = performance.now();
    const calls = 400;
    for (let sent = 0; sent < calls; sent += 50) {
      const statuses = await Promise.all(Array.from({ length: 50 }, () => bed.client.ask({ path: '/' })));
      assert.ok(statuses.every(({ status }) => status === 503));
    }
    const reserve = 100 + 10 * (1 + (performance.now() - startedMs) / 1000);
    const retries = bed.bodies.length - calls;
    assert.ok(retries >= 100 && retries <= calls * 0.2 + reserve, `${retries} retries`);
    assert.ok(bed.gateway.metric('daemun_limit_hits_total', { limit: 'retry_budget' }) > 0);
  });

  it('of a policy is answered with 503 when it is spent, whatever the endpoint said', async () => {
    const retryConstraint = { percent: 0, intervalMs: 10_000, minRetries: 2, minIntervalMs: 3_600_000 };
    const bed = await Bed.start(
      { client: 'HTTP/1.1', server: 'HTTP/1.1' },
      { retry: { ...POLICY, attempts: 1 } },
      answers(500, 200, 500, 200, 500, 500),
      { retryConstraint },
    );
    const said: [number, string][] = [];
    for (let sent = 0; sent < 4; sent++) {
      const { status, body } = await bed.client.ask({ path: '/' });
      said.push([status, body]);
    }
    const spent = 'the backend failed, and its retry budget is spent\n';
    assert.deepEqual(said, [
      [200, 'try 2'],
      [200, 'try 4'],
      [503, spent],
      [503, spent],
    ]);
    assert.deepEqual(
      bed.logged.map(({ reason }) => reason),
      [null, null, 'retry_budget', 'retry_budget'],
    );
  });

  it('of a policy ends calls with UNAVAILABLE', async () => {
    const retryConstraint = { percent: 0, intervalMs: 10_000, minRetries: 1, minIntervalMs: 3_600_000 };
    const bed = await Bed.start(
      { client: 'HTTP/2', server: 'HTTP/2' },
      { retry: { ...POLICY, attempts: 1 } },
      answers(503, 503, 503),
      { retryConstraint },
    );
    const headers = { 'content-type': 'application/grpc', te: 'trailers' };
    await bed.client.ask({ path: '/a.B/C', method: 'POST', headers });
    const { status, headers: answered } = await bed.client.ask({ path: '/a.B/C', method: 'POST', headers });
    assert.deepEqual([status, answered['grpc-status']], [200, '14']);
  });
});
