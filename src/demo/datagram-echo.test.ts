// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type DatagramEcho, startDatagramEcho } from './datagram-echo.ts';
import { dnsAnswer } from './dns-answer.ts';

describe('a demo backend of datagrams', () => {
  let echo: DatagramEcho;
  before(async () => {
    echo = await startDatagramEcho({ address: '127.0.0.1', port: 0 }, 'pod-1');
  });
  after(() => echo.close());

  it('sends them back with its name', async () => {
    const client = createSocket('udp4');
    client.send('hello\n', echo.port, '127.0.0.1');
    const [answer] = await once(client, 'message');
    assert.equal(String(answer), 'pod-1: hello\n');
    client.send(Buffer.alloc(65_507, 0x61), echo.port, '127.0.0.1');
    const [large] = await once(client, 'message');
    assert.equal(large.length, 65_507);
    client.close();
  });

  it('is a name server', async () => {
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${echo.port}`]);
    assert.deepEqual(await resolver.resolve4('a.example.com'), ['192.0.2.1']);
    assert.deepEqual(await resolver.resolveTxt('a.example.com'), [['pod-1']]);
    await assert.rejects(resolver.resolveMx('a.example.com'), { code: 'ENODATA' });
  });
});

describe('what is no query of DNS', () => {
  it('has no answer of DNS', () => {
    const query = Buffer.from('0001010000010000000000000161000001'.concat('0001'), 'hex');
    assert.notEqual(dnsAnswer(query, 'p'), null);
    for (let length = 0; length < query.length; length++)
      assert.equal(dnsAnswer(query.subarray(0, length), 'p'), null, String(length));
    for (const [at, value] of [
      [2, 0x81],
      [5, 2],
      [7, 1],
      [12, 0xc0],
    ] as const) {
      const other = Buffer.from(query);
      other[at] = value;
      assert.equal(dnsAnswer(other, 'p'), null, String(at));
    }
  });
});
