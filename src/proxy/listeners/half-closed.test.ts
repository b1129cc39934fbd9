// SPDX-License-Identifier: Apache-2.0

/** A client that ended its side and waits looks like one that is gone: the kernel is to find out soon. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { until } from '../../time/until.test-support.ts';
import { httpListener, TestGateway } from '../http/gateway.test-support.ts';
import { keepaliveInMs } from '../io/kernel-timer.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { readAll, StreamBed, streamRule, tcpListener, tlsListener } from '../l4/l4.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const CERTIFICATE = await certificate('a', ['a.example.com']);
const REQUEST = 'GET / HTTP/1.1\r\nhost: a.example.com\r\nconnection: close\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

function say(socket: Socket, text: string): Socket {
  socket.write(text);
  return socket;
}

describe('whether a client that ended its side is still there', () => {
  let bed: StreamBed;
  let gateway: TestGateway;
  /** What the endpoint was asked on, without an answer so far. */
  let asked: Socket[];
  let endpoint: number;
  /** Below the TLS of the last client. */
  let raw: Socket | null;
  let nowMs: number;
  let loop: SocketLoop;

  beforeEach(async () => {
    bed = new StreamBed();
    nowMs = 1_000_000;
    loop = new SocketLoop(() => nowMs);
    gateway = new TestGateway({}, loop);
    asked = [];
    raw = null;
    endpoint = await bed.serve(socket => socket.on('error', () => {}).once('data', () => asked.push(socket)));
  });
  afterEach(() => {
    bed.close();
    gateway.close();
  });

  function pass(): void {
    nowMs += 10_000;
    loop.refresh();
    loop.connectionTimers.advance(nowMs);
  }

  async function sayInTls(text: string): Promise<Socket> {
    raw = await bed.dial(gateway.port);
    const client = connectTls({ socket: raw, servername: 'a.example.com', rejectUnauthorized: false });
    client.on('error', () => {});
    await once(client, 'secureConnect');
    return say(client, text);
  }

  const isGivenUp = (): boolean => asked[1]?.destroyed === true;
  const isReset = (): boolean => gateway.metric('daemun_streams') === 0;

  /** Another client, which is gone, is noticed. */
  async function isLookedFor(dial: () => Promise<Socket>, isOver = isGivenUp): Promise<void> {
    const client = await dial();
    await until(() => asked.length === 1);
    // Left alone while it is there for certain. What was just written is the kernel's first concern.
    await until(() => (keepaliveInMs(gateway.port, client) ?? 0) > 60_000);
    client.end();
    await until(() => (keepaliveInMs(gateway.port, client) ?? Number.POSITIVE_INFINITY) <= 10_000);
    pass();
    asked[0]?.end(ANSWER);
    assert.match(await readAll(client), /ok$/, 'it was only waiting');
    const gone = await dial();
    await until(() => asked.length === 2);
    gone.end();
    await until(() => (keepaliveInMs(gateway.port, gone) ?? Number.POSITIVE_INFINITY) <= 10_000);
    (raw ?? gone).resetAndDestroy();
    // Within a minute: later it would be ended for its silence.
    let passes = 0;
    await until(isOver, () => {
      if (passes++ < 6) pass();
    });
  }

  it('is found out in HTTP/1.1', async () => {
    await gateway.apply({
      listeners: [httpListener('http', { '/': 'a' })],
      clusters: { a: [endpoint] },
      protocols: { a: 'h1' },
    });
    await isLookedFor(async () => say(await bed.dial(gateway.port), REQUEST));
  });

  it('is found out in HTTP/1.1 over TLS', async () => {
    const http = { ...httpListener('http', { '/': 'a' }), kind: 'https', tls: { certificates: ['a'], clients: null } };
    await gateway.apply({
      listeners: [http as ReturnType<typeof httpListener>],
      clusters: { a: [endpoint] },
      protocols: { a: 'h1' },
      certificates: [CERTIFICATE],
    });
    await isLookedFor(() => sayInTls(REQUEST));
  });

  it('is found out where bytes are passed on', async () => {
    const clusterChanges = { protocol: 'tcp' } as const;
    const listeners = [tcpListener(streamRule('r', { a: 1 }))];
    await gateway.apply({ listeners, clusters: { a: [endpoint] }, clusterChanges });
    await isLookedFor(async () => say(await bed.dial(gateway.port), 'what?'), isReset);
  });

  it('is found out where bytes out of TLS are passed on', async () => {
    await gateway.apply({
      listeners: [tlsListener('l', '*', [{ hostname: '*', rule: streamRule('r', { a: 1 }) }], CERTIFICATE)],
      clusters: { a: [endpoint] },
      clusterChanges: { protocol: 'tcp' },
      certificates: [CERTIFICATE],
    });
    await isLookedFor(() => sayInTls('what?'), isReset);
  });
});
