// SPDX-License-Identifier: Apache-2.0

/** What connections keep of what came, between two heads and while the rest of a frame is owed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HeaderListPool } from '../head/header-list-pool.ts';
import { frame, literal, requestBlock, Side, startedServer } from './connection.test-support.ts';
import { CONTINUATION, HEADERS, PREFACE, SETTINGS } from './frame.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const END_OF_BOTH = 5;
const CONNECTIONS = 150;
const LONG = 'x'.repeat(100);

/** What one collection finds is given back at the next. */
function buffers(): number {
  for (let times = 0; times < 4; times++) collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** Memory outside of the heap that stays for each of many connections, each made behind as much short-lived memory as a pool of Node has. */
function buffersOf(begin: (server: Side, at: number) => void): number {
  const lists = new HeaderListPool();
  const servers: Side[] = [];
  const before = buffers();
  for (let at = 0; at < CONNECTIONS; at++) {
    const server = new Side('server', {}, lists);
    server.receive(PREFACE, frame(SETTINGS, 0, 0));
    server.take();
    for (let bytes = 0; bytes < 2 * Buffer.poolSize; bytes += 4_096) Buffer.allocUnsafe(4_096);
    begin(server, at);
    server.take();
    server.connection.outputBlocked(false);
    servers.push(server);
  }
  const grown = buffers() - before;
  assert.equal(servers.filter(({ fatal }) => fatal === null).length, CONNECTIONS);
  return grown / CONNECTIONS;
}

describe('what a connection keeps', () => {
  it('is nothing of a head that was handed on, or was too large', () => {
    const server = startedServer({ maxHeaderFields: 20 });
    const many = (count: number) =>
      requestBlock(...Array.from({ length: count }, (_, at) => ['tracestate', `${at}`] as const));
    server.receive(frame(HEADERS, END_OF_BOTH, 1, many(10)));
    assert.equal(server.last().fields?.length, 20);
    server.receive(frame(HEADERS, END_OF_BOTH, 3, many(40)));
    assert.ok(server.log.includes('oversized'));
    const { decoder } = server.connection;
    assert.deepEqual([decoder.list, decoder.fields, decoder.partialList().names], [null, null, []]);
  });

  it('is told for blocks that are remembered, and given back when they are to be', () => {
    for (const kind of ['x', 'tracestate']) {
      const server = startedServer();
      const send = (id: number, at: number): void =>
        server.receive(frame(HEADERS, END_OF_BOTH, id, requestBlock([`x-${at}`, LONG], [kind, 'a=b'])));
      for (let at = 0; at < 8; at++) send(1 + 2 * at, at);
      assert.ok(server.held > 8 * 2_048, `${server.held} bytes`);
      server.connection.rest();
      assert.equal(server.held, 0);
      send(17, 0);
      assert.equal(server.last().head?.get('x-0'), LONG);
      assert.ok(server.held > 2_048);
      server.connection.close('lost');
      assert.equal(server.held, 0);
    }
  });

  it('is no more than it has of a block, of a frame and of a header block whose rest is owed', () => {
    const some: Readonly<Record<string, (server: Side, at: number) => void>> = {
      block: (server, at) => server.receive(frame(HEADERS, END_OF_BOTH, 1, requestBlock([`x-${at}`, LONG]))),
      frame: server => server.receive(frame(SETTINGS, 0, 0, Buffer.alloc(6)).subarray(0, 12)),
      'header block': server => server.receive(frame(HEADERS, 1, 1, literal('x', LONG))),
      continuation: server => server.receive(frame(HEADERS, 1, 1, []), frame(CONTINUATION, 0, 1, literal('x', LONG))),
    };
    for (const [name, begin] of Object.entries(some)) {
      const bytes = buffersOf(begin);
      assert.ok(bytes < 4_096, `${Math.round(bytes)} bytes for a ${name}`);
    }
  });
});
