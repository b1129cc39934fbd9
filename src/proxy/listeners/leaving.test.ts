// SPDX-License-Identifier: Apache-2.0

/** What clients are told before, and when, a gateway ends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connect2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { httpListener, TestGateway } from '../http/gateway.test-support.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';

const ASK = 'GET / HTTP/1.1\r\nhost: a.test\r\n\r\n';

describe('a gateway that is about to end', () => {
  let gateway: TestGateway;
  let clock: VirtualClock;
  const sockets: Socket[] = [];
  const sessions: ClientHttp2Session[] = [];

  beforeEach(async () => {
    clock = new VirtualClock();
    gateway = new TestGateway({}, undefined, clock);
    await gateway.apply({ listeners: [httpListener('l', { '/': 'none' })], clusters: { none: [] } });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const session of sessions.splice(0)) session.destroy();
    gateway.close();
  });

  async function dial(): Promise<Socket> {
    const socket = connect(gateway.port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** The head of the answer, in lower case. */
  async function ask(socket: Socket): Promise<string> {
    socket.write(ASK);
    let answer = '';
    while (!answer.includes('\r\n\r\n')) answer += String((await once(socket, 'data'))[0]);
    return answer.toLowerCase();
  }

  it('tells each client of HTTP/1.1 once, with its next answer, and closes no connection under a request', async () => {
    const [first, second] = [await dial(), await dial()];
    assert.doesNotMatch(await ask(first), /connection: close/);
    assert.doesNotMatch(await ask(second), /connection: close/);
    gateway.runtime.announceLeaving();
    const ended = once(first, 'end');
    assert.match(await ask(first), /connection: close/);
    await ended;
    const later = await dial();
    assert.doesNotMatch(await ask(later), /connection: close/);
    assert.doesNotMatch(await ask(later), /connection: close/);
    assert.match(await ask(second), /connection: close/);
  });

  it('tells many clients of HTTP/2 not all at once', async () => {
    let told = 0;
    for (let at = 0; at < 45; at++) {
      const session = connect2(`http://127.0.0.1:${gateway.port}`);
      sessions.push(session);
      session.on('goaway', () => {
        told++;
      });
      await once(session, 'remoteSettings');
    }
    const turns = async (count: number): Promise<void> => {
      await until(() => told >= count);
      for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve));
    };
    await gateway.runtime.stopListening();
    void gateway.runtime.drain(30_000);
    const counts: number[] = [];
    for (const expected of [20, 40, 45]) {
      await turns(expected);
      counts.push(new Set(sessions.filter(session => session.closed || session.destroyed)).size);
      clock.advance(100);
    }
    assert.deepEqual(counts, [20, 40, 45]);
  });
});
