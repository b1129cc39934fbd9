// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { readClientHello } from './client-hello.ts';
import { guessProtocol } from './protocol-guess.ts';

describe('the first bytes of a connection', () => {
  it('tell the protocols apart', () => {
    const cases: readonly [string, string][] = [
      ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
      ['PRI ', 'http2'],
      ['PR', 'undecided'],
      ['GET / HTTP/1.1\r\nhost: a\r\n', 'http1'],
      ['GET / HTT', 'http1'],
      ['\r\nPOST /x', 'http1'],
      ['P', 'undecided'],
      ['FETCH / HTT', 'undecided'],
      ['FETCH / HTTP/1.1\r\n', 'http1'],
      ['GET / HTTP/2.0\r\n', 'http1'],
      ['G@T / HTTP/1.1\r\n', 'http1'],
      ['INVALID CONNECTION PREFACE\r\n\r\n', 'http2'],
      ['\x16\x03\x01\x02\x00', 'tls'],
      ['\x16', 'undecided'],
      ['\x00\x01\x02', 'http2'],
      ['A'.repeat(9_000), 'http2'],
    ];
    for (const [text, guess] of cases)
      assert.equal(guessProtocol(Buffer.from(text, 'latin1')), guess, text.slice(0, 30));
  });

  async function hello(options: object): Promise<Buffer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ...options });
    client.on('error', () => {});
    const [socket] = await once(server, 'connection');
    const [bytes] = await once(socket, 'data');
    client.destroy();
    socket.destroy();
    server.close();
    return bytes;
  }

  it('carry the server name of a ClientHello, whole or in pieces', async () => {
    const bytes = await hello({ servername: 'A.Example.com' });
    assert.deepEqual(readClientHello(bytes), { kind: 'hello', serverName: 'a.example.com', ticketName: null });
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(readClientHello(bytes.subarray(0, length)).kind, 'undecided', `after ${length} bytes`);
    }
    assert.deepEqual(readClientHello(await hello({})), { kind: 'hello', serverName: null, ticketName: null });
  });

  it('are judged by the ClientHello alone, whatever came with it', async () => {
    const bytes = await hello({ servername: 'a.example.com' });
    const alone = readClientHello(bytes);
    for (const rest of [
      'junk that is no record',
      '\x17\x03\x03\x00\x01x',
      '\x16\x09\x09\x00\x00',
      '\0'.repeat(20_000),
    ]) {
      assert.deepEqual(readClientHello(Buffer.concat([bytes, Buffer.from(rest, 'latin1')])), alone, rest.slice(0, 30));
    }
    // Just below the limit, and above it together with the heads of its records.
    const long = Buffer.concat([Buffer.of(1, 0, 0x3f, 0xf0, 3, 3), Buffer.alloc(0x3ff0 - 2)]);
    const records = Array.from({ length: 60 }, (_, at) => long.subarray(at * 274, (at + 1) * 274));
    const cut = Buffer.concat(
      records.flatMap(part => [Buffer.of(22, 3, 1, part.length >> 8, part.length & 255), part]),
    );
    const kinds = new Set(
      [0, 1, 5, 500]
        .map(less => readClientHello(cut.subarray(0, cut.length - less)).kind)
        .filter(kind => kind !== 'undecided'),
    );
    assert.deepEqual([...kinds], ['invalid'], 'too long whether it came at once or not');
  });

  it('are put together once, when the last of several records is whole', async t => {
    const whole = await hello({ servername: 'a.example.com' });
    const message = whole.subarray(5);
    // The first have less than the head of the message.
    const ends = [0, 1, 3, 100, message.length];
    const cut = Buffer.concat(
      ends.slice(1).flatMap((end, at) => {
        const part = message.subarray(ends[at], end);
        return [Buffer.of(22, 3, 1, part.length >> 8, part.length & 255), part];
      }),
    );
    const concat = t.mock.method(Buffer, 'concat');
    for (let length = 0; length < cut.length; length++)
      assert.equal(readClientHello(cut.subarray(0, length)).kind, 'undecided', `after ${length} bytes`);
    const copied = concat.mock.calls.reduce((sum, { result }) => sum + (result?.length ?? 0), 0);
    concat.mock.restore();
    assert.ok(copied < cut.length * 16, `${copied} bytes of ${cut.length}`);
    assert.deepEqual(readClientHello(cut), readClientHello(whole));
  });

  it('are refused when they are no ClientHello, and never throw', () => {
    assert.equal(readClientHello(Buffer.from('GET / HTTP/1.1\r\n')).kind, 'invalid');
    const property = fc.property(fc.uint8Array({ minLength: 71, maxLength: 71 }), rest => {
      readClientHello(Buffer.concat([Buffer.of(22, 3, 1, 0, 70, 1, 0, 0, 60), rest]));
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
