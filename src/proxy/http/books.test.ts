// SPDX-License-Identifier: Apache-2.0

/** What counters and the access log say of requests that did not go well. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, it } from 'node:test';
import type { Rule } from '../../snapshot/index.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';

const open: { close(): void }[] = [];

afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

interface Line {
  readonly attempts: number;
  readonly http_status: number;
  readonly bytes_sent: number;
  readonly reason: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly request_id: string | null;
  readonly waited_ms: number;
}

interface Parts {
  readonly hasEndpoint?: boolean;
  readonly protocol?: 'h1' | 'h2';
}

/** A gateway whose only rule goes to an endpoint that answers what is written, once for each request. */
class Bed {
  readonly gateway = new TestGateway({ accessLog: true });
  readonly sockets: Socket[] = [];
  readonly #server: Server;

  constructor(answer: (socket: Socket) => void) {
    this.#server = createServer(socket => {
      this.sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', () => answer(socket));
    });
    open.push(this);
  }

  async start(changes: Partial<Rule> = {}, { hasEndpoint = true, protocol = 'h1' }: Parts = {}): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const { port } = this.#server.address() as AddressInfo;
    await this.gateway.apply({
      listeners: [httpListener('web', { '/a': 'a' }, changes)],
      clusters: { a: hasEndpoint ? [port] : [] },
      clusterChanges: { protocol },
    });
    return this;
  }

  /** Sends `request` as it is, on a connection of its own, and gives all that comes. */
  async say(request: string): Promise<string> {
    const socket = connect(this.gateway.port, '127.0.0.1');
    open.push({ close: () => socket.destroy() });
    socket.write(request);
    return text(socket).catch(() => '');
  }

  /** The only line of the access log. */
  line(): Line {
    this.gateway.runtime.close();
    const lines = this.gateway.accessLog.split('\n').filter(line => line !== '');
    assert.equal(lines.length, 1);
    return JSON.parse(lines[0] ?? '') as Line;
  }

  protocolErrors(): number {
    return this.gateway.metric('daemun_downstream_protocol_errors_total');
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    this.gateway.close();
  }
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('the books of a request', () => {
  it('count the body of one that no rule takes', async () => {
    const bed = await new Bed(() => {}).start();
    await bed.say('POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello');
    const sizes = bed.gateway.reader.read().find(({ name }) => name === 'http_server_request_body_size_bytes');
    assert.deepEqual(
      sizes?.samples.map(({ value }) => (typeof value === 'number' ? value : [value.count, value.sum])),
      [[1, 5]],
    );
  });

  it('have no try where there is no endpoint', async () => {
    const bed = await new Bed(() => {}).start({}, { hasEndpoint: false });
    await bed.say(get('/a'));
    const { attempts, reason } = bed.line();
    assert.deepEqual([attempts, reason], [0, 'no_endpoint']);
  });

  it('have no further try where its time was over before', async () => {
    const retry = { attempts: 1, httpStatuses: [503], grpcStatuses: [], backoffMs: 60_000 };
    const answer = (socket: Socket): void => void socket.write('HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n');
    const bed = await new Bed(answer).start({ retry, requestTimeoutMs: 100 });
    await bed.say(get('/a'));
    const { attempts, reason } = bed.line();
    assert.deepEqual([attempts, reason, bed.gateway.metric('daemun_upstream_retries_total')], [1, 'route_timeout', 0]);
  });

  it('name what a head asked for that is too large', async () => {
    const bed = await new Bed(() => {}).start();
    const answer = await bed.say(`GET /a HTTP/1.1\r\nhost: a\r\nx-request-id: one\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`);
    const { http_status, method, path, request_id, bytes_sent, reason } = bed.line();
    assert.deepEqual([http_status, method, path, request_id, reason], [431, 'GET', '/a', 'one', 'header_limit']);
    assert.equal(bytes_sent, bodyOf(answer).length);
    const counted = { http_request_method: 'GET', http_response_status_code: '431' };
    assert.equal(bed.gateway.metric('http_server_request_duration_seconds', counted), 1);
  });

  it('name what was asked for where the target is too long', async () => {
    const bed = await new Bed(() => {}).start();
    await bed.say(`PUT /${'y'.repeat(10_000)}`);
    const { http_status, method, path } = bed.line();
    assert.deepEqual([http_status, method, path?.slice(0, 3)], [414, 'PUT', '/yy']);
  });

  it('know the answer to a body that breaks the rules', async () => {
    const bed = await new Bed(() => {}).start();
    const answer = await bed.say('POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n');
    const { http_status, bytes_sent, reason } = bed.line();
    assert.deepEqual([http_status, bytes_sent, reason], [400, bodyOf(answer).length, 'client_protocol']);
    assert.equal(bed.protocolErrors(), 1);
  });

  it('blame no client for what an endpoint broke off', async () => {
    const bed = await new Bed(socket => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf', () => socket.destroy());
    }).start();
    await bed.say(get('/a'));
    assert.equal(bed.line().reason, 'upstream_reset');
    assert.equal(bed.protocolErrors(), 0);
  });

  for (const [what, head] of [
    ['head', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`],
    ['number of fields', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(201)}\r\n`],
  ] as const) {
    it(`say so where the ${what} of an answer is over the limit`, async () => {
      const bed = await new Bed(socket => void socket.write(head)).start();
      await bed.say(get('/a'));
      const { http_status, reason } = bed.line();
      assert.deepEqual([http_status, reason], [502, 'response_too_large']);
    });
  }

  it('say how long it waited for a connection that never came', async () => {
    // An endpoint that takes connections and never says how many streams it allows.
    const bed = await new Bed(() => {}).start({ requestTimeoutMs: 100 }, { protocol: 'h2' });
    await bed.say(get('/a'));
    const { attempts, waited_ms, reason } = bed.line();
    assert.deepEqual([attempts, reason], [1, 'route_timeout']);
    assert.ok(waited_ms >= 90);
  });
});
