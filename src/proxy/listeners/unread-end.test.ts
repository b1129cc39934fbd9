// SPDX-License-Identifier: Apache-2.0

/** Clients whose connection ends behind an answer that they have not read all of. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connect2 } from 'node:http2';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { listener, TestGateway } from '../http/gateway.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { endOf, readAll, StreamBed } from '../l4/l4.test-support.ts';

const REQUEST = 'GET / HTTP/1.0\r\nhost: a.example.com\r\n\r\n';
const LOOK_MS = 5_000;

describe('a client that has not read all before the end', () => {
  let bed: StreamBed;
  let gateway: TestGateway;
  let nowMs: number;
  let loop: SocketLoop;
  /** Lets the kernel have what the gateway wrote to its client. */
  let release: (() => void) | null;
  /** The gateway's side of the connection. */
  let accepted: Socket | null;
  /** False: the kernel takes what comes. */
  let isHeld: boolean;

  /** Until then it takes nothing of it, as of a connection whose client does not read. */
  const onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    accepted = socket;
    socket._write = (...written: Parameters<Socket['_write']>): void => {
      if (!isHeld) {
        Socket.prototype._write.apply(socket, written);
        return;
      }
      release = () => {
        socket._write = Socket.prototype._write;
        socket._write(...written);
      };
    };
  };

  beforeEach(async () => {
    bed = new StreamBed();
    nowMs = 1_000_000;
    loop = new SocketLoop(() => nowMs);
    gateway = new TestGateway({}, loop);
    release = null;
    accepted = null;
    isHeld = true;
    subscribe('net.server.socket', onSocket);
    await gateway.apply({ listeners: [listener('none', [])], clusters: {} });
  });
  afterEach(() => {
    unsubscribe('net.server.socket', onSocket);
    bed.close();
    gateway.close();
  });

  const stalled = (): number => gateway.metric('daemun_limit_hits_total', { limit: 'stream_stalled' });

  const received = (): number => gateway.metric('daemun_downstream_received_bytes_total');

  function pass(ms: number): void {
    for (let at = 0; at < ms; at += LOOK_MS) {
      nowMs += LOOK_MS;
      loop.refresh();
      loop.connectionTimers.advance(nowMs);
    }
  }

  /** Its answer is written, and the connection ends behind it. */
  async function ask(): Promise<Socket> {
    const client = await bed.dial(gateway.port);
    client.write(REQUEST);
    await until(() => release !== null);
    return client;
  }

  it('is waited for', async () => {
    const client = await ask();
    pass(240_000);
    release?.();
    assert.match(await readAll(client), /^HTTP\/1\.1 404 .*\r\n\r\n./s);
    assert.equal(stalled(), 0);
  });

  it('is reset when it reads nothing for five minutes', async () => {
    const ended = endOf(await ask());
    pass(330_000);
    assert.equal(await ended, 'reset');
    assert.equal(stalled(), 1);
  });

  it('loses nothing of it by what it says meanwhile', async () => {
    isHeld = false;
    const session: ClientHttp2Session = connect2(`http://127.0.0.1:${gateway.port}`);
    session.on('error', () => {});
    try {
      await once(session, 'remoteSettings');
      isHeld = true;
      const request = session.request({ ':path': '/' }, { endStream: true }).resume();
      const answered = Promise.race([once(request, 'response'), once(session, 'close')]);
      await until(() => release !== null);
      await gateway.runtime.stopListening();
      void gateway.runtime.drain(30_000);
      // It is asked to leave, and cannot know it yet; it has no request, so its connection ends.
      await until(() => {
        pass(LOOK_MS);
        return accepted?.writableEnded === true;
      });
      const before = received();
      session.ping(() => {});
      await until(() => received() > before);
      // The turn in which it is answered.
      for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
      release?.();
      assert.equal((await answered)[0]?.[':status'], 404);
    } finally {
      session.destroy();
    }
  });

  it('has five seconds to end its side when it has read all', async () => {
    const client = await ask();
    pass(60_000);
    release?.();
    await once(client.resume(), 'end');
    assert.equal(gateway.metric('daemun_downstream_connections'), 1);
    pass(20_000);
    await until(() => gateway.metric('daemun_downstream_connections') === 0);
  });
});
