// SPDX-License-Identifier: Apache-2.0

/** HTTP/1.1 backends that answer wrongly, without end, or not to the end: whose doing it was, and nobody else notices. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { boundedMemory } from './bed.ts';
import { answerTo, Http1Bed, send, whileNeighbourGets } from './http1-bed.ts';
import { openRaw } from './raw-frames.ts';

const GET = 'GET /other HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\n';

/** Answers each request with `bytes`, then goes on with `more` for as long as it is listened to. */
function answering(bytes: string, more = ''): (socket: Socket) => void {
  return socket => {
    socket.on('data', async () => {
      socket.write(bytes, 'latin1');
      while (more !== '' && (await send(socket, more))) await turn();
    });
  };
}

interface Row {
  readonly what: string;
  readonly backend: (socket: Socket) => void;
  readonly answer: RegExp;
  readonly reason: string;
}

function invalid(why: string): RegExp {
  return new RegExp(`^HTTP/1\\.1 502 [\\s\\S]*its response is not valid \\(${why}\\)`);
}

/** A head and perhaps a part of the body, without the chunk that ends it. */
const UNFINISHED = /^HTTP\/1\.1 200 (?![\s\S]*\r\n0\r\n)/;

const ROWS: readonly Row[] = [
  {
    what: 'speaks HTTP/2 alone',
    backend: socket => socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])),
    answer: invalid('it is HTTP/2, not HTTP/1\\.1'),
    reason: 'upstream_protocol',
  },
  {
    what: 'speaks something else',
    backend: answering('220 mail.example.com ESMTP\r\n'),
    answer: invalid('it is not HTTP/1\\.1'),
    reason: 'upstream_protocol',
  },
  {
    what: 'sends a head without end',
    backend: answering(OK, 'x: 1\r\n'.repeat(1_000)),
    answer: /^HTTP\/1\.1 502 [\s\S]*headers of the answer are larger/,
    reason: 'response_too_large',
  },
  {
    what: 'sends interim responses without end',
    backend: answering('', 'HTTP/1.1 103 Early Hints\r\nx: 1\r\n\r\n'.repeat(50)),
    answer: /HTTP\/1\.1 502 [\s\S]*too many interim responses/,
    reason: 'upstream_protocol',
  },
  {
    what: 'ends in the middle of its head',
    backend: socket => socket.on('data', () => socket.end(`${OK}x: `)),
    answer: /^HTTP\/1\.1 503 [\s\S]*its connection was lost/,
    reason: 'upstream_reset',
  },
  {
    what: 'ends in the middle of its body',
    backend: socket => socket.on('data', () => socket.end(`${OK}content-length: 9\r\n\r\nhello`)),
    answer: /^HTTP\/1\.1 200 [\s\S]*\r\nhello$/,
    reason: 'upstream_reset',
  },
  {
    what: 'goes wrong in the middle of its chunks',
    backend: answering(`${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n`),
    answer: UNFINISHED,
    reason: 'upstream_protocol',
  },
  {
    what: 'sends chunk extensions without end',
    backend: answering(`${OK}transfer-encoding: chunked\r\n\r\n`, `1;${'a'.repeat(200)}\r\nx\r\n`.repeat(50)),
    answer: UNFINISHED,
    reason: 'upstream_protocol',
  },
  {
    what: 'sends trailers without end',
    backend: answering(`${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n`, 'x: 1\r\n'.repeat(1_000)),
    answer: UNFINISHED,
    reason: 'response_too_large',
  },
];

describe('an HTTP/1.1 backend', () => {
  let bed: Http1Bed | null = null;
  afterEach(() => bed?.close());

  for (const { what, backend, answer, reason } of ROWS) {
    it(`that ${what} is told from what the client did`, { timeout: 60_000 }, async () => {
      const one = await Http1Bed.start(backend);
      bed = one;
      await one.bears(100, async () => assert.match(await answerTo(one.port, GET), answer));
      await one.untilQuiet();
      assert.equal(one.failures(reason, 'upstream'), 1);
      assert.equal(one.gateway.metric('daemun_request_failures_total'), 1);
    });
  }

  it('that sends a whole answer in 250,000 chunks of one byte is passed on', { timeout: 60_000 }, async () => {
    const chunks = `${OK}transfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(250_000)}0\r\n\r\n`;
    const one = await Http1Bed.start(answering(chunks));
    bed = one;
    await one.bears(150, async () => {
      const answer = await answerTo(one.port, GET);
      assert.equal(answer.slice(answer.indexOf('\r\n\r\n')).match(/x/g)?.length, 250_000);
      assert.ok(answer.endsWith('\r\n0\r\n\r\n'));
    });
  });

  it('that sends without end is stopped by a client that does not read', { timeout: 60_000 }, async () => {
    let sent = 0;
    const part = Buffer.alloc(65_536);
    const one = await Http1Bed.start(socket => {
      socket.once('data', async () => {
        socket.write(`${OK}content-length: 100000000000\r\n\r\n`);
        while (await send(socket, part)) sent += part.length;
      });
    });
    bed = one;
    await boundedMemory(100, async () => {
      const sockets = await Promise.all(Array.from({ length: 5 }, () => openRaw(one.port)));
      for (const socket of sockets) {
        socket.pause();
        socket.write(GET);
      }
      for (let last = -1; last !== sent || sent === 0; ) {
        last = sent;
        await whileNeighbourGets(one.port, async () => {});
      }
      assert.ok(sent < 100 * 2 ** 20, `${sent} bytes were sent`);
      for (const socket of sockets) socket.destroy();
    });
    await one.untilQuiet();
    assert.equal(one.failures('client_cancelled', 'downstream'), 5);
  });
});
