// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ClientSide, ServerSide } from './connection.test-support.ts';
import { referenceRead } from './reference-reader.test-support.ts';

/** Pieces that heads and bodies are made of, sound and not. */
const PIECES = [
  'GET / HTTP/1.1\r\n',
  'POST /a HTTP/1.1\r\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n',
  'Host: a.example\r\n',
  'Host: a.example\r\n\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 3\r\n\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: chunked\r\n\r\n',
  'Connection: close\r\n',
  'Connection: upgrade\r\nUpgrade: x\r\n',
  'Expect: 100-continue\r\n',
  'X: y\r\n',
  ' folded\r\n',
  '5\r\nhello\r\n',
  '5;a=b\r\nhello\r\n',
  '0\r\n',
  '0\r\n\r\n',
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  'hello',
  ' ',
  '\0',
  'ffffffffffff\r\n',
];

const bytes = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
    ),
    {
      maxLength: 14,
    },
  )
  .map(pieces => Buffer.from(pieces.join(''), 'latin1').toString('latin1'));
const sizes = fc.constantFrom(1, 2, 5, 1_000_000);

function feed(side: ServerSide | ClientSide, text: string, size: number): void {
  for (let at = 0; at < text.length; at += size) side.receive(text.slice(at, at + size));
  side.take();
}

describe('HTTP/1.1 on garbage', () => {
  it('never throws, in either role', () => {
    fc.assert(
      fc.property(bytes, sizes, (text, size) => {
        const server = new ServerSide();
        server.answerAll('x');
        feed(server, text, size);
        const client = new ClientSide();
        client.open();
        client.take();
        feed(client, text, size);
        for (const side of [server, client]) {
          side.connection.receiveEnd();
          side.take();
          side.connection.close('lost');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('sees no request that a naive reader does not see, nor another body, however the bytes come', () => {
    fc.assert(
      fc.property(bytes, sizes, (text, size) => {
        const side = new ServerSide();
        side.answerAll();
        feed(side, text, size);
        const seen = side.streams.filter(stream => stream.isEnded && stream.end === null);
        const { requests } = referenceRead(text);
        assert.ok(seen.length <= requests.length, `${seen.length} requests in ${JSON.stringify(text)}`);
        for (const [at, stream] of seen.entries()) {
          assert.equal(stream.text, requests[at]?.body);
          assert.equal(stream.head?.get(':path'), requests[at]?.line.split(' ')[1]);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
