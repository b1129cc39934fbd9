// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { after, describe, it } from 'node:test';
import { runExample } from '../running-example.test-support.ts';

/** The text `hi`, masked with zeros, and as a server sends it. */
const HI = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
const HI_BACK = Buffer.from([0x81, 2, 0x68, 0x69]);

describe('example websocket', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const address = example.address('web/http');

  it('passes a conversation over HTTP/1.1, and its end', async () => {
    const socket = new WebSocket(`ws://${address}/chat`);
    await once(socket, 'open');
    for (const text of ['hello', 'x'.repeat(100_000)]) {
      socket.send(text);
      const [{ data }] = await once(socket, 'message');
      assert.equal(data, text);
    }
    socket.close(3000, 'enough');
    const [{ code, reason, wasClean }] = await once(socket, 'close');
    assert.deepEqual([code, reason, wasClean], [3000, 'enough', true]);
  });

  it('passes one over HTTP/2', async () => {
    const session = connect(`http://${address}`);
    await once(session, 'remoteSettings');
    const stream = session.request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': '/chat',
      ':scheme': 'http',
    });
    const [fields] = await once(stream, 'response');
    assert.deepEqual([fields[':status'], String(fields['hostname']).startsWith('chat-')], [200, true]);
    stream.write(HI);
    const [data] = await once(stream, 'data');
    assert.deepEqual(data, HI_BACK);
    session.destroy();
  });

  it('routes web pages beside it', async () => {
    const answer = await fetch(`http://${address}/`);
    assert.match(String(answer.headers.get('hostname')), /^pages-/);
  });
});
