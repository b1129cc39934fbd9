// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { backend, listener, rule, TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
/** Whose doing a failed request is: what the client is told, what log and metrics say, and who is taken out for it. */
import { VirtualClock } from '../../src/proxy/virtual-clock.test-support.ts';
import { until } from '../../src/time/until.test-support.ts';
import { type RawBackend, startRawBackend } from './raw-backend.ts';
import { closed, END_HEADERS, END_STREAM, FRAME, frame, grpcHead, literalBlock, openHttp2 } from './raw-frames.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Line {
  readonly reason: string | null;
  readonly grpc_status: string | null;
  readonly http_status: number;
  readonly duration_ms: number;
  readonly bytes_sent: number;
  readonly path: string | null;
}

class Bed {
  readonly gateway: TestGateway;
  readonly clock: VirtualClock;
  readonly backends: readonly RawBackend[];

  constructor(gateway: TestGateway, clock: VirtualClock, backends: readonly RawBackend[]) {
    this.gateway = gateway;
    this.clock = clock;
    this.backends = backends;
  }

  /** Ends the gateway, so that every line is out. */
  lines(): Line[] {
    this.gateway.close();
    return this.gateway.accessLog
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Line);
  }

  failures(reason: string, source: string): number {
    return this.gateway.metric('daemun_request_failures_total', { reason, source });
  }

  get ejections(): number {
    return this.gateway.metric('daemun_upstream_ejections_total');
  }
}

interface Setting {
  readonly ruleChanges?: Parameters<typeof rule>[2];
  readonly clusterChanges?: object;
  /** Default: 2, so that either may be ejected. */
  readonly backends?: number;
  /** Behind a second cluster, `m`. Default: that has no endpoints. */
  readonly second?: (socket: Socket, id: number) => void;
}

/** A gateway before backends of one kind. */
async function bed(respond: ((socket: Socket, id: number) => void) | null, setting: Setting = {}): Promise<Bed> {
  const backends: RawBackend[] = [];
  for (let i = 0; i < (setting.backends ?? 2); i++) backends.push(await startRawBackend(respond));
  const others: RawBackend[] = [];
  if (setting.second !== undefined)
    others.push(await startRawBackend(setting.second), await startRawBackend(setting.second));
  const clock = new VirtualClock();
  const gateway = new TestGateway({ accessLog: true }, undefined, clock);
  cleanups.push(
    () => [...backends, ...others].map(one => one.close()),
    () => gateway.close(),
  );
  await gateway.apply({
    listeners: [listener('grpc', [rule('r', [backend('a')], setting.ruleChanges)])],
    clusters: { a: backends.map(one => one.port), m: others.map(one => one.port) },
    clusterChanges: setting.clusterChanges ?? {},
  });
  return new Bed(gateway, clock, backends);
}

interface Told {
  readonly status: number;
  readonly message: string;
  readonly details: string | undefined;
}

/** One unary call. `options.keepOpen`: the request does not end. */
async function call(port: number, options: { headers?: object; keepOpen?: boolean } = {}): Promise<Told> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  cleanups.push(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': '/s.S/M',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...options.headers,
  });
  let fields: Record<string, unknown> = {};
  const take = (more: Record<string, unknown>): void => {
    fields = { ...fields, ...more };
  };
  stream.on('response', take);
  stream.on('trailers', take);
  stream.on('error', () => {});
  stream.resume();
  if (options.keepOpen === true) stream.write(Buffer.alloc(5));
  else stream.end(Buffer.alloc(5));
  await once(stream, 'close');
  return {
    status: Number(fields['grpc-status'] ?? -1),
    message: String(fields['grpc-message'] ?? ''),
    details: fields['grpc-status-details-bin'] as string | undefined,
  };
}

const HEAD: readonly (readonly [string, string])[] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
];
const headers = (id: number, flags: number, fields: readonly (readonly [string, string])[]): Buffer =>
  frame(FRAME.headers, flags | END_HEADERS, id, literalBlock(fields));
/** A header block of `bytes`, in frames of 16 KiB. */
function longHeaders(id: number, flags: number, fields: readonly (readonly [string, string])[]): Buffer {
  return longBlock(id, flags, literalBlock(fields));
}

function longBlock(id: number, flags: number, block: Buffer): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16_384) {
    const last = at + 16_384 >= block.length ? END_HEADERS : 0;
    const type = at === 0 ? FRAME.headers : FRAME.continuation;
    frames.push(frame(type, at === 0 ? flags | last : last, id, block.subarray(at, at + 16_384)));
  }
  return Buffer.concat(frames);
}
const LONG: readonly (readonly [string, string])[] = Array.from({ length: 9 }, (_, i) => [`x-${i}`, 'v'.repeat(8_000)]);
const OK: readonly (readonly [string, string])[] = [['grpc-status', '0']];
const answerOk = (socket: Socket, id: number): void => {
  socket.write(Buffer.concat([headers(id, 0, HEAD), headers(id, END_STREAM, OK)]));
};

describe('what an endpoint does', () => {
  it('more body than its content-length says is INTERNAL with our reason, and its own failure', async () => {
    const on = await bed((socket, id) =>
      socket.write(
        Buffer.concat([headers(id, 0, [...HEAD, ['content-length', '3']]), frame(FRAME.data, 0, id, Buffer.alloc(5))]),
      ),
    );
    for (let i = 0; i < 10; i++) {
      const told = await call(on.gateway.port);
      assert.deepEqual(
        [told.status, told.message],
        [13, 'the endpoint broke the protocol: its response is not valid (PROTOCOL_ERROR)'],
      );
    }
    assert.equal(on.failures('upstream_protocol', 'upstream'), 10);
    assert.equal(on.ejections, 1);
    assert.deepEqual([...new Set(on.lines().map(line => line.reason))], ['upstream_protocol']);
  });

  it('no body where content-length promises one is INTERNAL, although no head was passed on', async () => {
    const on = await bed((socket, id) => socket.write(headers(id, END_STREAM, [...HEAD, ['content-length', '3']])));
    assert.equal((await call(on.gateway.port)).status, 13);
    assert.equal(on.failures('upstream_protocol', 'upstream'), 1);
  });

  it('a head or trailers over our limits are INTERNAL with our reason, and eject nobody: clients can ask for them', async () => {
    let trailers = false;
    const on = await bed((socket, id) =>
      socket.write(
        trailers
          ? Buffer.concat([headers(id, 0, HEAD), longHeaders(id, END_STREAM, [...OK, ...LONG])])
          : longHeaders(id, END_STREAM, [...HEAD, ...OK, ...LONG]),
      ),
    );
    for (let i = 0; i < 24; i++) {
      trailers = i >= 12;
      const told = await call(on.gateway.port);
      assert.deepEqual(
        [told.status, told.message],
        [13, 'the headers of the answer are larger than the gateway allows'],
      );
      assert.equal(told.details, undefined);
    }
    assert.equal(on.failures('response_too_large', 'upstream'), 24);
    assert.equal(on.ejections, 0);
  });

  it('nor does a mirrored request eject its endpoint for them', async () => {
    const mirror = { kind: 'mirror', target: { cluster: 'm' }, share: { numerator: 1, denominator: 1 } } as const;
    const on = await bed(answerOk, {
      ruleChanges: { filters: [mirror] },
      second: (socket, id) => socket.write(longHeaders(id, END_STREAM, [...HEAD, ...OK, ...LONG])),
    });
    const resets = (): number => on.gateway.metric('daemun_mirror_requests_total', { outcome: 'reset' });
    for (let i = 1; i <= 12; i++) {
      assert.equal((await call(on.gateway.port)).status, 0);
      await until(() => resets() >= i);
    }
    assert.equal(on.ejections, 0);
  });

  it('a broken connection is UNAVAILABLE for calls that got nothing, and names the error', async () => {
    const on = await bed(socket => socket.write(frame(FRAME.data, 0, 0, Buffer.alloc(1))));
    const told = await call(on.gateway.port);
    assert.deepEqual(
      [told.status, told.message],
      [14, 'the endpoint ended the call: its connection failed with PROTOCOL_ERROR'],
    );
  });

  it('a reset of its own is told as its own', async () => {
    const on = await bed((socket, id) => socket.write(frame(FRAME.rstStream, 0, id, Buffer.from([0, 0, 0, 2]))));
    const told = await call(on.gateway.port);
    assert.deepEqual(
      [told.status, told.message],
      [14, 'the endpoint ended the call: stream reset with INTERNAL_ERROR'],
    );
    assert.equal(on.failures('upstream_reset', 'upstream'), 1);
  });

  it('a reset that says what became of the call is told so, as a client without a proxy would hear it', async () => {
    const statuses: [code: number, status: number][] = [
      [constants.NGHTTP2_CANCEL, 1],
      [constants.NGHTTP2_ENHANCE_YOUR_CALM, 8],
    ];
    for (const [code, status] of statuses) {
      const reset = (id: number): Buffer => frame(FRAME.rstStream, 0, id, Buffer.from([0, 0, 0, code]));
      const before = await bed((socket, id) => socket.write(reset(id)));
      assert.equal((await call(before.gateway.port)).status, status);
      assert.equal(before.failures('upstream_reset', 'upstream'), 1);
      const after = await bed((socket, id) => socket.write(Buffer.concat([headers(id, 0, [...HEAD]), reset(id)])));
      assert.equal((await call(after.gateway.port)).status, status);
    }
  });

  it('its DEADLINE_EXCEEDED has no reason; the timeout of the route and the deadline of the call have one each', async () => {
    let passMs = 0;
    const on = await bed(
      (socket, id) => {
        if (passMs === 0) socket.write(headers(id, END_STREAM, [...HEAD, ['grpc-status', '4']]));
        else on.clock.advance(passMs);
      },
      { ruleChanges: { requestTimeoutMs: 200 } },
    );
    assert.equal((await call(on.gateway.port)).status, 4);
    passMs = 200;
    assert.equal((await call(on.gateway.port)).message, "the route's timeout of 200 ms passed");
    passMs = 20;
    assert.equal((await call(on.gateway.port, { headers: { 'grpc-timeout': '20m' } })).status, 4);
    assert.deepEqual([on.failures('route_timeout', 'upstream'), on.failures('deadline', 'downstream')], [1, 1]);
    assert.deepEqual(
      on.lines().map(line => [line.reason, line.grpc_status]),
      [
        [null, 'DeadlineExceeded'],
        ['route_timeout', 'DeadlineExceeded'],
        ['deadline', 'DeadlineExceeded'],
      ],
    );
  });

  it('a reset when the deadline of the call has passed is no failure of its own: it was told the deadline', async () => {
    const on = await bed((socket, id) => {
      on.clock.advance(20);
      socket.write(frame(FRAME.rstStream, 0, id, Buffer.from([0, 0, 0, 8])));
    });
    for (let i = 0; i < 12; i++) {
      const told = await call(on.gateway.port, { headers: { 'grpc-timeout': '20m' } });
      assert.deepEqual([told.status, told.message], [4, 'the deadline of the call of 20 ms passed']);
    }
    assert.deepEqual([on.failures('deadline', 'downstream'), on.ejections], [12, 0]);
  });

  it('is taken out when it does not answer whole requests in time, not when clients do not send them', async () => {
    let arrived = 0;
    const on = await bed(
      () => {
        arrived++;
        if (arrived % 12 === 0) on.clock.advance(20);
      },
      { ruleChanges: { requestTimeoutMs: 20 } },
    );
    await Promise.all(Array.from({ length: 12 }, () => call(on.gateway.port, { keepOpen: true })));
    assert.equal(on.ejections, 0);
    await Promise.all(Array.from({ length: 12 }, () => call(on.gateway.port)));
    assert.equal(on.ejections, 1);
  });

  it('a connect that times out is logged with the time that it took', async () => {
    const on = await bed(null, { clusterChanges: { connectTimeoutMs: 80 }, backends: 1 });
    const answer = call(on.gateway.port);
    await until(() => on.backends[0]?.connections !== 0);
    on.clock.advance(80);
    assert.equal((await answer).status, 14);
    const [line] = on.lines();
    assert.deepEqual([line?.reason, line?.duration_ms], ['connect_timeout', 80]);
  });
});

describe('what a client does', () => {
  it('a body that contradicts its content-length is its own doing, not the endpoint’s', async () => {
    const on = await bed(() => {});
    for (let i = 0; i < 12; i++) {
      const socket = await openHttp2(on.gateway.port);
      socket.write(frame(FRAME.headers, END_HEADERS, 1, grpcHead('/s.S/M', 'h', [['content-length', '9']])));
      socket.write(frame(FRAME.data, END_STREAM, 1, Buffer.alloc(5)));
      const [chunk] = await once(socket, 'data');
      assert.ok((chunk as Buffer).includes(frame(FRAME.rstStream, 0, 1, Buffer.from([0, 0, 0, 1]))));
      socket.destroy();
    }
    assert.equal(on.failures('client_protocol', 'downstream'), 12);
    assert.equal(on.ejections, 0);
    assert.deepEqual(
      [...new Set(on.lines().map(line => `${line.reason} ${line.grpc_status}`))],
      ['client_protocol Internal'],
    );
  });

  it('a broken connection is its own doing, for every stream on it', async () => {
    const on = await bed(() => {});
    const socket = await openHttp2(on.gateway.port);
    socket.write(frame(FRAME.headers, END_HEADERS | END_STREAM, 1, grpcHead('/s.S/M', 'h')));
    socket.write(frame(FRAME.data, 0, 0, Buffer.alloc(1)));
    await closed(socket);
    assert.equal(on.lines()[0]?.reason, 'client_protocol');
  });

  it('a cancelled call is told from one that the gateway cut at its end', async () => {
    let arrived = (): void => {};
    const on = await bed(() => arrived());
    const session = connect(`http://127.0.0.1:${on.gateway.port}`);
    session.on('error', () => {});
    const head = { ':method': 'POST', ':path': '/s.S/M', 'content-type': 'application/grpc' };
    const begin = async () => {
      const here = new Promise<void>(resolve => {
        arrived = resolve;
      });
      const stream = session.request(head);
      stream.on('error', () => {});
      stream.end();
      await here;
      return stream;
    };
    const first = await begin();
    first.close(constants.NGHTTP2_CANCEL);
    await once(first, 'close');
    const second = await begin();
    const told = once(second, 'response');
    const drained = on.gateway.runtime.drain(1);
    on.clock.advance(1);
    assert.deepEqual(await drained, { finished: 0, cut: 1 });
    const [response] = await told;
    assert.deepEqual(
      [response['grpc-status'], response['grpc-message']],
      ['14', 'the gateway ends, and the call outlasted the time to drain'],
    );
    const lines = on.lines();
    assert.deepEqual(
      lines.map(line => [line.reason, line.grpc_status]),
      [
        ['client_cancelled', 'Canceled'],
        ['drain_timeout', 'Unavailable'],
      ],
    );
    assert.deepEqual([on.failures('client_cancelled', 'downstream'), on.failures('drain_timeout', 'internal')], [1, 1]);
    session.destroy();
  });

  it('a head that is too large is answered without RetryInfo, logged, and counted like any call', async () => {
    const on = await bed(answerOk);
    const socket = await openHttp2(on.gateway.port);
    socket.write(longBlock(1, END_STREAM, grpcHead('/s.S/M', 'h', LONG)));
    const [chunk] = await once(socket, 'data');
    const text = String(chunk);
    assert.ok(text.includes('the request headers are larger') && !text.includes('grpc-status-details-bin'));
    socket.destroy();
    assert.equal(on.gateway.metric('grpc_server_handled_total', { grpc_code: 'ResourceExhausted' }), 1);
    assert.equal(on.gateway.metric('grpc_server_started_total'), 1);
    assert.equal(on.failures('header_limit', 'downstream'), 1);
    const [line] = on.lines();
    assert.deepEqual(
      [line?.reason, line?.grpc_status, line?.http_status, line?.path],
      ['header_limit', 'ResourceExhausted', 200, '/s.S/M'],
    );
  });

  it('a malformed head is logged and counted, and no call is', async () => {
    const on = await bed(answerOk);
    const socket = await openHttp2(on.gateway.port);
    const block = grpcHead('/s.S/M', 'h', [['connection', 'close']]);
    socket.write(frame(FRAME.headers, END_HEADERS | END_STREAM, 1, block));
    await once(socket, 'data');
    socket.destroy();
    assert.equal(on.gateway.metric('daemun_downstream_malformed_requests_total'), 1);
    assert.equal(on.gateway.metric('grpc_server_started_total'), 0);
    const [line] = on.lines();
    assert.deepEqual([line?.reason, line?.http_status, line?.path], ['malformed_request', 0, '/s.S/M']);
  });

  it('one too many for the waiting line is told when to try again', async () => {
    const on = await bed(null, { clusterChanges: { maxPendingRequests: 1 } });
    const calls = [call(on.gateway.port), call(on.gateway.port)];
    // The other one waits for ever.
    const told = await Promise.race(calls);
    assert.equal(told.status, 8);
    assert.ok(Buffer.from(told.details ?? '', 'base64').includes('google.rpc.RetryInfo'));
  });
});
