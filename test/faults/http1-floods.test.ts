// SPDX-License-Identifier: Apache-2.0

/** HTTP/1.1 clients that send what is legal by itself, in amounts that are not. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { boundedMemory } from './bed.ts';
import { answerTo, Http1Bed, LARGE, send, untilEnd, whileNeighbourGets } from './http1-bed.ts';
import { closed, openRaw } from './raw-frames.ts';

const GET = 'GET /flood HTTP/1.1\r\nHost: a\r\n\r\n';
const LAST = 'GET /flood HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const CHUNKED = 'POST /flood HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
const FILLER = 'a'.repeat(65_536);

/** What never ends is sent until the connection is ended; what was answered. At most 64 MiB are sent. */
const ENDLESS: readonly { what: string; begin: string; more: string; status: number; limit: string | null }[] = [
  { what: 'request line', begin: 'GET /', more: FILLER, status: 414, limit: 'header_list' },
  { what: 'method', begin: `${GET}G`, more: FILLER.toUpperCase(), status: 414, limit: 'header_list' },
  { what: 'field name', begin: 'GET / HTTP/1.1\r\n', more: FILLER, status: 431, limit: 'header_list' },
  { what: 'field value', begin: 'GET / HTTP/1.1\r\nX: ', more: FILLER, status: 431, limit: 'header_list' },
  { what: 'head', begin: 'GET / HTTP/1.1\r\n', more: 'x: 1\r\n'.repeat(1_000), status: 431, limit: 'header_list' },
  { what: 'chunk size', begin: CHUNKED, more: '0'.repeat(60_000), status: 400, limit: null },
  { what: 'chunk extension', begin: `${CHUNKED}1;`, more: FILLER, status: 400, limit: null },
  {
    what: 'row of chunk extensions',
    begin: CHUNKED,
    more: '1;abc=def\r\nx\r\n'.repeat(1_000),
    status: 400,
    limit: null,
  },
  { what: 'trailer section', begin: `${CHUNKED}0\r\n`, more: 'x: 1\r\n'.repeat(1_000), status: 400, limit: null },
];

describe('a flood over HTTP/1.1', () => {
  let bed: Http1Bed;
  beforeEach(async () => {
    bed = await Http1Bed.start();
  });
  afterEach(() => bed.close());

  for (const { what, begin, more, status, limit } of ENDLESS) {
    it(`that is an endless ${what} is answered with ${status}, and the connection ends`, { timeout: 60_000 }, () =>
      bed.bears(100, async () => {
        const socket = await openRaw(bed.port);
        const answer = untilEnd(socket);
        socket.write(begin);
        for (let sent = 0; sent < 2 ** 26 && (await send(socket, more)); sent += more.length) await turn();
        assert.ok(socket.destroyed, 'it takes everything');
        assert.equal((await answer).match(/(?<=HTTP\/1\.1 )\d+/g)?.at(-1), String(status));
        if (limit !== null) assert.equal(bed.hits(limit), 1);
      }),
    );
  }

  it('of 250,000 chunks of one byte is a body like any other', { timeout: 60_000 }, () =>
    bed.bears(100, async () => {
      const answer = await answerTo(bed.port, `${CHUNKED}${'1\r\nx\r\n'.repeat(250_000)}0\r\n\r\n${LAST}`);
      assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 2);
    }),
  );

  it('of 2,000 pipelined requests in one write is answered in full', { timeout: 60_000 }, () =>
    bed.bears(100, async () => {
      const answer = await answerTo(bed.port, GET.repeat(2_000) + LAST);
      assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 2_001);
    }),
  );

  it('of pipelined requests whose answers nobody reads is not read either', { timeout: 60_000 }, async () => {
    await boundedMemory(100, async () => {
      const socket = await openRaw(bed.port);
      socket.pause();
      socket.write(`GET ${LARGE} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(100_000));
      const read = await untilStuck(bed);
      assert.ok(read < 1_000_000, `${read} bytes were read`);
      await whileNeighbourGets(bed.port, async () => {});
      socket.destroy();
    });
    await bed.untilQuiet();
    assert.equal(bed.gateway.metric('daemun_request_failures_total', { source: 'upstream' }), 0);
  });

  it('of connections that are reset in the middle of a head leaves nothing behind', { timeout: 60_000 }, async () => {
    await bed.bears(100, async () => {
      for (let round = 0; round < 50; round++) {
        const sockets = await Promise.all(Array.from({ length: 20 }, () => openRaw(bed.port)));
        for (const [at, socket] of sockets.entries()) {
          socket.write(CHUNKED.slice(0, at * 4));
          if (at % 2 === 0) socket.resetAndDestroy();
          else socket.end().resume();
        }
        await Promise.all(sockets.map(closed));
      }
    });
    await bed.untilQuiet();
    assert.equal(bed.gateway.metric('daemun_downstream_protocol_errors_total'), 0);
  });

  it('of requests that are given up at once costs the endpoint no failure', { timeout: 60_000 }, async () => {
    await bed.bears(100, async () => {
      for (let round = 0; round < 500; round++) {
        const socket = await openRaw(bed.port);
        socket.write(`${CHUNKED}1\r\nx\r\n`, () => socket.resetAndDestroy());
        await closed(socket);
      }
    });
    await bed.untilQuiet();
    assert.equal(bed.gateway.metric('daemun_upstream_ejections_total'), 0);
    const blamed = bed.gateway.metric('daemun_request_failures_total', { source: 'upstream' });
    assert.equal(blamed, 0);
    assert.ok(bed.failures('client_cancelled', 'downstream') > 0);
  });

  it('of upgrades that nobody takes is requests like any other, and no byte behind them is a tunnel', async () => {
    const upgrade = (to: string): string =>
      `GET /flood HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${to}\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`;
    await bed.bears(100, async () => {
      const both = upgrade('h2c') + upgrade('websocket');
      const answer = await answerTo(bed.port, `${both.repeat(1_000)}\x00\x01garbage\r\n\r\n`);
      assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 2_000);
      assert.equal(answer.match(/HTTP\/1\.1 400/g)?.length, 1);
      assert.doesNotMatch(answer, /HTTP\/1\.1 101/);
    });
    assert.equal(bed.gateway.metric('daemun_downstream_malformed_requests_total'), 1);
  });

  it('of garbage ends that connection', { timeout: 60_000 }, () =>
    bed.bears(100, async () => {
      for (let seed = 1; seed <= 300; seed++) {
        const bytes = Buffer.from(Array.from({ length: 40 }, (_, at) => (seed * (at + 7) * 31) & 255));
        const socket = await openRaw(bed.port);
        const answer = untilEnd(socket);
        socket.end(Buffer.concat([Buffer.from('GET / HTTP/1.1\r\n'), bytes, Buffer.from('\r\n\r\n')]));
        assert.match(await answer, /^HTTP\/1\.1 (400|431|501|505) /);
      }
    }),
  );

  it('of heads that come byte by byte holds nobody up', { timeout: 60_000 }, () =>
    bed.bears(100, async () => {
      const sockets = await Promise.all(Array.from({ length: 50 }, () => openRaw(bed.port)));
      const answers = sockets.map(untilEnd);
      for (const byte of LAST) {
        for (const socket of sockets) socket.write(byte);
        await turn();
      }
      for (const answer of answers) assert.match(await answer, /^HTTP\/1\.1 200 /);
    }),
  );

  it('is logged once for each request, and counted as often', { timeout: 60_000 }, async () => {
    const answer = await answerTo(bed.port, GET.repeat(500) + LAST);
    assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 501);
    await answerTo(bed.port, `${GET}GET / HTTP/9.9\r\n\r\n`);
    await bed.untilQuiet();
    assert.equal(bed.gateway.metric('http_server_request_duration_seconds'), 503);
    bed.gateway.close();
    assert.equal(bed.gateway.accessLog.trimEnd().split('\n').length, 503);
  });
});

/** Resolves when the gateway has read nothing for so long that no answer and no request can be on its way. */
async function untilStuck(bed: Http1Bed): Promise<number> {
  const read = (): number => bed.gateway.metric('daemun_downstream_received_bytes_total');
  let last = read();
  for (let quiet = 0; quiet < 300; quiet++) {
    await turn();
    if (read() === last) continue;
    last = read();
    quiet = 0;
  }
  return last;
}
