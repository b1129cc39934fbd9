// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeaderList } from '../head/header-list.ts';
import { HeaderListPool } from '../head/header-list-pool.ts';
import { Http1ClientConnection } from '../http1/client-connection.ts';
import { HeadMemory } from '../http1/head-memory.ts';
import { DEFAULT_HTTP1_LIMITS } from '../http1/limits.ts';
import { Http1ServerConnection } from '../http1/server-connection.ts';
import { Http2Connection } from '../http2/connection.ts';
import { DEFAULT_HTTP2_LIMITS } from '../http2/limits.ts';
import type { StreamEnd } from './end-reason.ts';
import type { MessageConnection, MessageConnectionEvents } from './message-connection.ts';
import type { MessageEvents, MessageStream } from './message-stream.ts';
import { head, Recorder } from './recorder.test-support.ts';

const GET = head({ ':method': 'GET', ':scheme': 'http', ':authority': 'a.example', ':path': '/x', 'x-a': 'b' });
const POST = head({ ':method': 'POST', ':scheme': 'http', ':authority': 'a.example', ':path': '/x' });
const CHAT = head({
  ':method': 'GET',
  ':scheme': 'http',
  ':authority': 'a.example',
  ':path': '/chat',
  ':protocol': 'websocket',
  'sec-websocket-version': '13',
});
const OK = head({ ':status': '200', 'content-type': 'text/plain' });
const TRAILERS = head({ 'x-sum': '7' });
const NOTHING = Buffer.alloc(0);

type Make = (role: 'client' | 'server', events: MessageConnectionEvents) => MessageConnection;

function http1(): Make {
  const memory = new HeadMemory(new HeaderListPool());
  const limits = DEFAULT_HTTP1_LIMITS;
  return (role, events) =>
    role === 'client'
      ? new Http1ClientConnection({ events, limits, memory, random: () => 0.5 })
      : new Http1ServerConnection({ events, limits, memory, scheme: 'http', date: { now: () => '' } });
}

function http2(): Make {
  const lists = new HeaderListPool();
  // The pace of resets has tests of its own.
  const limits = { ...DEFAULT_HTTP2_LIMITS, resetAfterMs: 0 };
  return (role, events) => new Http2Connection({ role, events, limits, lists });
}

/** One end, whose owner writes down what it is told and does what an owner does. */
class End implements MessageConnectionEvents {
  readonly connection: MessageConnection;
  readonly streams: Recorder[] = [];
  isOver = false;
  /** Its socket's writing side ends behind what was written. */
  endsOutput = false;
  capacity = 0;

  constructor(role: 'client' | 'server', make: Make) {
    this.connection = make(role, this);
  }

  onStream(): MessageEvents {
    const recorder = new Recorder();
    this.streams.push(recorder);
    return recorder;
  }
  onOutput(): void {}
  onGoingAway(): void {}
  onCapacity(): void {
    this.capacity++;
  }
  onOutputEnded(): void {
    this.endsOutput = true;
  }
  onFinished(): void {
    this.isOver = true;
    this.endsOutput = true;
  }
  onFatal(_end: StreamEnd): void {
    this.isOver = true;
  }
}

/** A client and a server that are joined: what one puts out, the other takes in. */
class Pair {
  readonly client: End;
  readonly server: End;

  constructor(make: Make) {
    this.client = new End('client', make);
    this.server = new End('server', make);
    this.pump();
  }

  /** Passes bytes until there are none; an end that is over closes the other one's socket. */
  pump(): void {
    for (let isQuiet = false; !isQuiet; ) {
      isQuiet = true;
      for (const [from, to] of [
        [this.client, this.server],
        [this.server, this.client],
      ] as const) {
        const chunks: Buffer[] = [];
        from.connection.takeOutput({ write: chunk => void chunks.push(Buffer.from(chunk)) });
        for (const chunk of chunks) to.connection.receive(chunk, 0);
        if (chunks.length > 0) isQuiet = false;
        if (from.endsOutput) to.connection.receiveEnd();
      }
    }
    if (this.client.isOver) this.server.connection.close('lost');
    if (this.server.isOver) this.client.connection.close('lost');
  }

  ask(list: HeaderList, end: boolean): Recorder & { stream: MessageStream } {
    const recorder = new Recorder();
    const stream = this.client.connection.openStream(recorder);
    assert.ok(stream !== null);
    stream.sendHead(list, null, end);
    this.pump();
    return Object.assign(recorder, { stream });
  }

  /** The server's side of the last request. */
  get asked(): Recorder & { stream: MessageStream } {
    const recorder = this.server.streams.at(-1);
    assert.ok(recorder !== undefined && recorder.stream !== null);
    return recorder as Recorder & { stream: MessageStream };
  }
}

const CODECS: Readonly<Record<string, () => Make>> = { 'HTTP/1.1': http1, 'HTTP/2': http2 };

for (const [name, codec] of Object.entries(CODECS)) {
  describe(`the contract of message streams, by ${name}`, () => {
    it('passes heads in the same words, and says when nothing follows', () => {
      const pair = new Pair(codec());
      const got = pair.ask(GET, true);
      assert.deepEqual(
        Object.fromEntries(pair.asked.head?.names.map((n, at) => [n, pair.asked.head?.values[at]]) ?? []),
        {
          ':method': 'GET',
          ':scheme': 'http',
          ':authority': 'a.example',
          ':path': '/x',
          'x-a': 'b',
        },
      );
      assert.equal(pair.asked.isEnded, true);
      pair.asked.stream.sendHead(OK, null, true);
      pair.pump();
      assert.deepEqual(
        [got.head?.get(':status'), got.head?.get('content-type'), got.isEnded],
        ['200', 'text/plain', true],
      );
      assert.deepEqual([got.stream.isClosed, pair.asked.stream.isClosed], [true, true]);
      assert.deepEqual([pair.client.connection.endedStreams, pair.client.connection.liveStreams], [1, 0]);
    });

    it('passes bodies of unknown and of known length, and trailers, both ways', () => {
      const pair = new Pair(codec());
      for (const length of [null, '10']) {
        const got = pair.ask(POST, false);
        const body = Buffer.from('0123456789');
        assert.equal(got.stream.sendData(body, 0, 4, false), 4);
        pair.pump();
        assert.deepEqual([pair.asked.text, pair.asked.isEnded], ['0123', false]);
        got.stream.sendData(body, 4, 10, length !== null);
        if (length === null) got.stream.sendTrailers(TRAILERS, null);
        pair.pump();
        assert.deepEqual([pair.asked.text, pair.asked.isEnded], ['0123456789', true]);
        assert.equal(pair.asked.trailers?.get('x-sum'), length === null ? '7' : undefined);
        pair.asked.stream.sendHead(OK, length === null ? null : ['content-length', length], false);
        pair.asked.stream.sendData(body, 0, 10, length !== null);
        if (length === null) pair.asked.stream.sendTrailers(TRAILERS, null);
        pair.pump();
        assert.deepEqual([got.text, got.isEnded], ['0123456789', true]);
        assert.equal(got.trailers?.get('x-sum'), length === null ? '7' : undefined);
      }
      assert.equal(pair.client.connection.endedStreams, 2);
    });

    it('passes interim responses before the final one', () => {
      const pair = new Pair(codec());
      const got = pair.ask(GET, true);
      pair.asked.stream.sendInformational(head({ ':status': '103', link: 'x' }), null);
      pair.asked.stream.sendHead(OK, null, true);
      pair.pump();
      assert.deepEqual([got.interim.map(list => list.get(':status')), got.head?.get(':status')], [['103'], '200']);
    });

    it('gives an answer to HEAD no body', () => {
      const pair = new Pair(codec());
      const got = pair.ask(head({ ':method': 'HEAD', ':scheme': 'http', ':authority': 'a', ':path': '/' }), true);
      pair.asked.stream.sendHead(OK, ['content-length', '5'], true);
      pair.pump();
      assert.deepEqual([got.isEnded, got.text, got.regular['content-length']], [true, '', '5']);
    });

    it('takes nothing while the socket is blocked, and tells when it can take more, never from within a call', () => {
      const pair = new Pair(codec());
      const got = pair.ask(POST, false);
      const body = Buffer.alloc(1_000_000, 'x');
      pair.client.connection.outputBlocked(true);
      assert.equal(got.stream.sendData(body, 0, 10, false), 0);
      assert.equal(got.writable, 0);
      pair.client.connection.outputBlocked(false);
      assert.equal(got.writable, 1);
      const taken = got.stream.sendData(body, 0, body.length, false);
      assert.ok(taken > 0 && taken < body.length);
      assert.equal(got.writable, 1);
    });

    it('passes an upgrade that is granted, and bytes both ways, each of which ends by itself', () => {
      const pair = new Pair(codec());
      const got = pair.ask(CHAT, false);
      assert.deepEqual(
        ['method', 'scheme', 'authority', 'path', 'protocol'].map(pseudo => pair.asked.head?.get(`:${pseudo}`)),
        ['GET', 'http', 'a.example', '/chat', 'websocket'],
      );
      assert.deepEqual([pair.asked.isEnded, pair.asked.regular], [false, { 'sec-websocket-version': '13' }]);
      pair.asked.stream.upgrade(head({ ':status': '200', 'sec-websocket-protocol': 'v1' }), null);
      pair.asked.stream.sendData(Buffer.from('first'), 0, 5, false);
      pair.pump();
      assert.deepEqual(
        [got.upgraded?.names, got.head, got.text],
        [[':status', 'sec-websocket-protocol'], null, 'first'],
      );
      got.stream.sendData(Buffer.from('ping'), 0, 4, true);
      pair.pump();
      assert.deepEqual([pair.asked.text, pair.asked.isEnded, pair.asked.stream.isClosed], ['ping', true, false]);
      pair.asked.stream.sendData(Buffer.from('last'), 0, 4, true);
      pair.pump();
      assert.deepEqual([got.text, got.isEnded, got.stream.isClosed], ['firstlast', true, true]);
    });

    it('passes an upgrade that is not granted as a request that was whole with its head', () => {
      const pair = new Pair(codec());
      const got = pair.ask(CHAT, false);
      pair.asked.stream.sendHead(head({ ':status': '403' }), ['content-length', '2'], false);
      pair.asked.stream.sendData(Buffer.from('no'), 0, 2, true);
      pair.pump();
      assert.deepEqual([got.head?.get(':status'), got.text, got.isEnded, got.upgraded], ['403', 'no', true, null]);
      assert.deepEqual([got.stream.isClosed, pair.asked.stream.isClosed], [true, true]);
      assert.equal(pair.client.connection.isUsable, true);
    });

    it('ends a stream that either side gives up', () => {
      const byClient = new Pair(codec());
      byClient.ask(POST, false).stream.reset('cancelled');
      byClient.pump();
      assert.notEqual(byClient.asked.end, null);
      const byServer = new Pair(codec());
      const got = byServer.ask(GET, true);
      byServer.asked.stream.sendHead(OK, null, false);
      byServer.pump();
      byServer.asked.stream.reset('lost');
      byServer.pump();
      assert.notEqual(got.end, null);
      assert.deepEqual([got.stream.isClosed, byServer.asked.end], [true, null]);
      assert.equal(got.stream.sendData(NOTHING, 0, 0, true), 0);
    });

    it('tells every stream that the connection is gone, and of one that never left that it may be sent again', () => {
      const pair = new Pair(codec());
      const got = pair.ask(POST, true);
      pair.server.connection.close('lost');
      assert.deepEqual([pair.asked.end?.origin, pair.asked.end?.reason], ['connection', 'lost']);
      pair.client.connection.close('lost');
      assert.deepEqual([got.end?.origin, got.end?.reason], ['connection', 'lost']);
      const fresh = new Pair(codec());
      const unsent = new Recorder();
      fresh.client.connection.openStream(unsent)?.sendHead(GET, null, true);
      fresh.client.connection.close('lost');
      assert.equal(unsent.end?.reason, 'refused');
    });

    it('tells the stream of a connection that is broken off that it was the connection, and why', () => {
      const pair = new Pair(codec());
      pair.ask(GET, true);
      pair.server.connection.breakOff('overload', 'short of memory');
      assert.deepEqual([pair.asked.end?.origin, pair.asked.end?.reason], ['connection', 'overload']);
      assert.equal(pair.server.isOver, true);
    });

    it('serves what is under way when it shuts down', () => {
      const pair = new Pair(codec());
      const got = pair.ask(GET, true);
      pair.server.connection.shutdown();
      pair.server.connection.finishShutdown();
      pair.pump();
      pair.asked.stream.sendHead(OK, null, true);
      pair.pump();
      assert.equal(got.isEnded, true);
      assert.equal(pair.client.connection.openStream(new Recorder()), null);
    });

    it('tells its owner when there is room for a stream again', () => {
      const pair = new Pair(codec());
      const { connection } = pair.client;
      const opened: MessageStream[] = [];
      for (let stream = connection.openStream(new Recorder()); stream !== null; ) {
        opened.push(stream);
        stream = connection.openStream(new Recorder());
      }
      assert.deepEqual([opened.length, pair.client.capacity], [connection.capacity, 0]);
      opened[0]?.reset('cancelled');
      pair.pump();
      assert.equal(pair.client.capacity, 1);
      assert.notEqual(connection.openStream(new Recorder()), null);
    });
  });
}
