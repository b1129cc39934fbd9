// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { head } from '../message/recorder.test-support.ts';
import { answer, DATE, OK, ServerSide } from './connection.test-support.ts';

const GET = 'GET /a?b=c HTTP/1.1\r\nHost: a.example\r\n\r\n';
const POST = 'POST /p HTTP/1.1\r\nhost: a.example\r\n';
const OK_EMPTY = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 0\r\n\r\n';

describe('HTTP/1.1 server role: requests', () => {
  it("says a head in HTTP/2's words, without what is about the connection", () => {
    const side = new ServerSide();
    side.receive(
      'GET /a?b=c HTTP/1.1\r\nHost: a.example:81\r\nX-One:  1 \r\nConnection: keep-alive, X-Hop\r\n' +
        'X-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nProxy-Connection: close\r\nx-one: 2\r\nEmpty:\r\n\r\n',
    );
    const { head: list, isEnded } = side.last();
    assert.deepEqual(list?.names, [':method', ':scheme', ':authority', ':path', 'x-one', 'te', 'x-one', 'empty']);
    assert.deepEqual(list?.values, ['GET', 'http', 'a.example:81', '/a?b=c', '1', 'trailers', '2', '']);
    assert.equal(isEnded, true);
  });

  it('gives equal heads as the same list, on one connection and on another', () => {
    const side = new ServerSide();
    side.answerAll();
    side.receive(GET, GET, GET, GET);
    const other = new ServerSide({}, side.connection.memory);
    other.receive(GET);
    const lists = [...side.streams, other.last()].map(stream => stream.head);
    assert.equal(lists.length, 5);
    assert.equal(new Set(lists).size, 1);
  });

  it('keeps what differs head after head beside the list', () => {
    const side = new ServerSide();
    side.answerAll();
    for (let count = 0; count < 60; count++) {
      side.receive(`GET /path/${count} HTTP/1.1\r\nHost: a.example\r\nAuthorization: token ${count}\r\nX: y\r\n\r\n`);
    }
    assert.equal(side.last().head, side.streams.at(-2)?.head);
    assert.deepEqual(side.last().fields, [':path', '/path/59', 'authorization', 'token 59']);
    assert.deepEqual(side.last().head?.names, [':method', ':scheme', ':authority', 'x']);
  });

  it('reads a head in parts of any size', () => {
    const whole = `\r\n${POST}content-length: 5\r\n\r\nhello`;
    for (const size of [1, 2, 3, 7]) {
      const side = new ServerSide();
      for (let at = 0; at < whole.length; at += size) side.receive(whole.slice(at, at + size));
      assert.equal(side.last().text, 'hello');
      assert.equal(side.last().isEnded, true);
      assert.deepEqual(side.last().regular, { 'content-length': '5' });
    }
  });

  it('keeps nothing of what a known head or trailers came in when they came in parts', () => {
    const side = new ServerSide();
    side.answerAll();
    for (let count = 0; count < 4; count++) {
      side.receive(GET.slice(0, 9), GET.slice(9));
      assert.equal(side.connection.section.buffer.length, 0);
    }
    side.receive(`${POST}transfer-encoding: chunked\r\n\r\n0\r\nX-Sum: 7\r\n`, '\r\n');
    assert.equal(side.last().trailers?.get('x-sum'), '7');
    assert.equal(side.connection.section.buffer.length, 0);
  });

  it('tells when a head is owed', () => {
    const side = new ServerSide();
    assert.equal(side.connection.isInputPartial, false);
    side.receive(GET.slice(0, 9));
    assert.equal(side.connection.isInputPartial, true);
    side.receive(GET.slice(9));
    assert.equal(side.connection.isInputPartial, false);
  });

  it('reads chunks, small ones joined, with extensions read past and trailers', () => {
    const side = new ServerSide();
    side.receive(
      `${POST}transfer-encoding: chunked\r\n\r\n5;a="b";c\r\nhello\r\n1\r\n \r\n05\r\nworld\r\n0\r\nX-Sum: 7\r\n\r\n`,
    );
    assert.equal(side.last().text, 'hello world');
    assert.equal(side.last().pieces.length, 1);
    assert.equal(side.last().trailers?.get('x-sum'), '7');
    assert.deepEqual(side.last().regular, {});
  });

  it('tells the end with the last piece of a chunked body', () => {
    const side = new ServerSide();
    side.receive(`${POST}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`);
    assert.equal(side.last().isEnded, true);
    assert.equal(side.last().pieces.length, 1);
  });

  const targets: readonly (readonly [string, string, string, string])[] = [
    ['GET', 'http://b.example/x?y', '/x?y', 'b.example'],
    ['GET', 'HTTP://b.example', '/', 'b.example'],
    ['GET', 'http://b.example?q', '/?q', 'b.example'],
    ['OPTIONS', '*', '*', 'b.example'],
    ['OPTIONS', 'http://b.example', '*', 'b.example'],
    ['GET', '/\xe9?\xc3\xa9', '/\xe9?\xc3\xa9', 'b.example'],
    ['GET', '//c.example/x', '//c.example/x', 'b.example'],
  ];
  for (const [method, target, path, authority] of targets) {
    it(`reads ${method} ${target}`, () => {
      const side = new ServerSide();
      side.receive(`${method} ${target} HTTP/1.1\r\nHost: b.example\r\n\r\n`);
      assert.equal(side.last().head?.get(':path'), path);
      assert.equal(side.last().head?.get(':authority'), authority);
    });
  }

  it('takes HTTP/1.0 without Host', () => {
    const side = new ServerSide();
    side.receive('GET / HTTP/1.0\r\n\r\n');
    assert.equal(side.last().head?.get(':authority'), undefined);
  });

  it('stops reading when a body is not consumed, and goes on when half of it is', () => {
    const side = new ServerSide({ streamWindowBytes: 100 });
    side.receive(`${POST}content-length: 1000\r\n\r\n`, 'x'.repeat(100));
    assert.equal(side.connection.wantsInput, false);
    side.lastStream().consumed(40);
    assert.equal(side.connection.wantsInput, false);
    side.lastStream().consumed(20);
    assert.equal(side.connection.wantsInput, true);
    assert.deepEqual(side.owner.log, ['input not wanted', 'input wanted']);
  });

  it('reads on when the stream whose body was not consumed is given up after its answer', () => {
    const side = new ServerSide({ streamWindowBytes: 100 });
    side.receive(`${POST}content-length: 200\r\n\r\n`, 'x'.repeat(100));
    const stream = side.lastStream();
    answer(stream);
    side.take();
    assert.equal(side.connection.wantsInput, false);
    side.owner.onOutput = () => void side.take();
    stream.reset('done');
    assert.deepEqual(side.owner.log, ['input not wanted', 'input wanted']);
    side.receive('x'.repeat(100), GET);
    assert.equal(side.streams.length, 2);
  });
});

describe('HTTP/1.1 server role: pipelining', () => {
  it('gives a request on when the one before is answered', () => {
    const side = new ServerSide();
    side.receive(GET + GET + GET.slice(0, 20));
    assert.equal(side.streams.length, 1);
    answer(side.lastStream(), 'one');
    assert.equal(side.streams.length, 1, 'no event from within a call');
    assert.match(side.take(), /\r\n\r\none$/);
    assert.equal(side.streams.length, 2);
    answer(side.lastStream());
    assert.equal(side.take(), OK_EMPTY);
    side.receive(GET.slice(20));
    assert.equal(side.streams.length, 3);
  });

  it('answers those that are answered at once in one go', () => {
    const side = new ServerSide();
    side.answerAll();
    side.receive(GET.repeat(3));
    assert.equal(side.take(), OK_EMPTY.repeat(3));
    assert.equal(side.connection.endedStreams, 3);
  });

  it('stops reading when too much waits', () => {
    const side = new ServerSide({ streamWindowBytes: 200 });
    side.receive(GET.repeat(6));
    assert.equal(side.connection.wantsInput, false);
    for (let count = 0; count < 6; count++) {
      answer(side.lastStream());
      side.take();
    }
    assert.equal(side.streams.length, 6);
    assert.equal(side.connection.wantsInput, true);
  });

  it('looks at no further request while the answers before are not read', () => {
    const side = new ServerSide({ outputHighWaterBytes: 300 });
    side.answerAll();
    side.receive(GET.repeat(20));
    const before = side.streams.length;
    assert.ok(before < 10);
    side.connection.outputBlocked(true);
    side.take();
    assert.equal(side.streams.length, before);
    side.connection.outputBlocked(false);
    assert.ok(side.streams.length > before);
  });
});

describe('HTTP/1.1 server role: responses', () => {
  it('frames by length when it is known, else in chunks', () => {
    const side = new ServerSide();
    side.receive(GET);
    answer(side.lastStream(), 'hello');
    assert.equal(side.take(), 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello');
    side.receive(GET);
    const stream = side.lastStream();
    stream.sendHead(OK, ['date', 'now'], false);
    stream.sendData(Buffer.from('x'.repeat(26)), 0, 26, false);
    stream.sendData(Buffer.alloc(0), 0, 0, true);
    assert.equal(
      side.take(),
      `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ndate: now\r\ntransfer-encoding: chunked\r\n\r\n1a\r\n${'x'.repeat(26)}\r\n0\r\n\r\n`,
    );
    assert.equal(stream.isClosed, true);
  });

  it('sends trailers behind chunks, and drops them where a body has a length', () => {
    const side = new ServerSide();
    const trailers = head({ 'x-sum': '7' });
    side.receive(GET);
    side.lastStream().sendHead(OK, null, false);
    side.lastStream().sendTrailers(trailers, ['grpc-message', 'm']);
    assert.match(side.take(), /\r\n\r\n0\r\nx-sum: 7\r\ngrpc-message: m\r\n\r\n$/);
    side.receive(GET);
    side.lastStream().sendHead(OK, ['content-length', '2'], false);
    side.lastStream().sendData(Buffer.from('ab'), 0, 2, false);
    side.lastStream().sendTrailers(trailers, null);
    assert.match(side.take(), /\r\n\r\nab$/);
    assert.equal(side.isFinished, false);
  });

  it('sends no body to HEAD, and the length that it would have', () => {
    const side = new ServerSide();
    side.receive(GET.replace('GET', 'HEAD'));
    answer(side.lastStream(), 'hello');
    assert.equal(side.take(), 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\n');
    side.receive(GET.replace('GET', 'HEAD'));
    side.lastStream().sendHead(OK, null, true);
    assert.equal(side.take(), 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n');
  });

  it('sends no length with 204, none of its own with 304', () => {
    const side = new ServerSide();
    side.receive(GET);
    side.lastStream().sendHead(head({ ':status': '204' }), ['content-length', '0'], true);
    assert.equal(side.take(), 'HTTP/1.1 204 No Content\r\n\r\n');
    side.receive(GET);
    side.lastStream().sendHead(head({ ':status': '304' }), ['content-length', '9'], true);
    assert.equal(side.take(), 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n');
  });

  it('sends interim responses', () => {
    const side = new ServerSide();
    side.receive(`${POST}expect: 100-continue\r\ncontent-length: 2\r\n\r\n`);
    assert.equal(side.last().head?.get('expect'), '100-continue');
    side.lastStream().sendInformational(head({ ':status': '100' }), null);
    side.lastStream().sendInformational(head({ ':status': '103', link: '</x>' }), null);
    assert.equal(side.take(), 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n');
    side.receive('ab');
    answer(side.lastStream());
    assert.equal(side.take(), OK_EMPTY);
  });

  it('ends the connection after a final answer to who waits for 100', () => {
    const side = new ServerSide();
    side.receive(`${POST}expect: 100-continue\r\ncontent-length: 2\r\n\r\n`);
    const stream = side.lastStream();
    stream.sendHead(OK, null, true);
    stream.reset('done');
    assert.match(side.take(), /\r\nconnection: close\r\n\r\n$/);
    assert.equal(side.isFinished, true);
  });

  it('answers HTTP/1.0 without chunks, without interim responses, and ends', () => {
    const side = new ServerSide();
    side.receive(
      'POST / HTTP/1.0\r\nHost: a.example\r\nExpect: 100-continue\r\nConnection: keep-alive\r\ncontent-length: 1\r\n\r\nx',
    );
    const stream = side.lastStream();
    assert.deepEqual(side.last().regular, { 'content-length': '1' });
    stream.sendInformational(head({ ':status': '103' }), null);
    stream.sendHead(OK, null, false);
    stream.sendData(Buffer.from('abc'), 0, 3, true);
    assert.equal(side.take(), 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nabc');
    assert.equal(side.isFinished, true);
  });

  it('ends after Connection: close, and says so', () => {
    const side = new ServerSide();
    side.receive('GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n', GET);
    answer(side.lastStream());
    assert.equal(side.take(), OK_EMPTY.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
    assert.equal(side.isFinished, true);
    assert.equal(side.streams.length, 1);
  });

  it('never writes a line that a value would break, nor a field of the connection', () => {
    const side = new ServerSide();
    side.receive(GET);
    const list = head({
      ':status': '200',
      'x-a': 'b\r\nx-c: d',
      'x-u': '\u010a',
      connection: 'x',
      'transfer-encoding': 'gzip',
    });
    side.lastStream().sendHead(list, ['date', 'a\nb'], true);
    assert.equal(side.take(), 'HTTP/1.1 200 OK\r\nx-a: b  x-c: d\r\nx-u:  \r\ndate: a b\r\ncontent-length: 0\r\n\r\n');
  });

  it('takes no more than it may queue, and tells when it can take more', () => {
    const side = new ServerSide({ outputHighWaterBytes: 1000 });
    side.receive(GET);
    const stream = side.lastStream();
    stream.sendHead(OK, null, false);
    const body = Buffer.alloc(5000);
    let sent = stream.sendData(body, 0, 5000, true);
    assert.equal(sent, 1000);
    side.last().onWritableDo = () => {
      sent += stream.sendData(body, sent, 5000, true);
    };
    while (sent < 5000) side.take();
    assert.equal(side.connection.endedStreams, 1);
  });

  it('breaks the connection when a body is not as long as its head says', () => {
    for (const size of [3, 5]) {
      const side = new ServerSide();
      side.receive(GET);
      side.lastStream().sendHead(OK, ['content-length', '4'], false);
      side.lastStream().sendData(Buffer.alloc(size), 0, size, true);
      side.take();
      assert.equal(side.fatal, 'protocol');
    }
  });

  it('breaks the connection when a response is given up', () => {
    const side = new ServerSide();
    side.receive(GET);
    side.lastStream().sendHead(OK, null, false);
    side.lastStream().reset('cancelled');
    side.take();
    assert.equal(side.fatal, 'cancelled');
    assert.equal(side.last().end, null);
  });

  it('reads past the rest of a request that was answered, when it is short', () => {
    const side = new ServerSide({ maxDiscardedBytes: 10 });
    side.receive(`${POST}content-length: 8\r\n\r\nab`);
    const { stream } = side.last();
    answer(side.lastStream());
    stream?.reset('done');
    side.receive(`cdefgh${GET}`);
    assert.equal(side.streams.length, 2);
    assert.equal(side.streams[0]?.text, 'ab');
  });

  it('says with an answer that the connection ends when much of its request is owed', () => {
    for (const [owed, ends] of [
      [11, true],
      [10, false],
    ] as const) {
      const side = new ServerSide({ maxDiscardedBytes: 10 });
      side.receive(`${POST}content-length: ${owed + 2}\r\n\r\nab`);
      side.lastStream().sendHead(OK, null, true);
      assert.equal(/\r\nconnection: close\r\n/.test(side.take()), ends, `${owed} bytes`);
    }
  });

  it('says so too when chunks are owed whose end is not at hand', () => {
    const small = '2\r\nab\r\n0\r\n';
    for (const [chunks, ends] of [
      ['', true],
      ['ff\r\n', true],
      ['2\r\nab\r\n', true],
      [small, true],
      [`${small}X-Sum: 1\r\n`, true],
      [`${small}\r\n`, false],
      [`${small}X-Sum: 1\r\n\r\n`, false],
      ['c\r\nab\r\n0\r\n\r\n\r\n\r\n', true],
    ] as const) {
      const side = new ServerSide();
      side.owner.prepare = recorder => {
        recorder.onHeadDo = stream => {
          answer(stream);
          stream.reset('done');
        };
      };
      side.receive(`${POST}transfer-encoding: chunked\r\n\r\n${chunks}`, GET);
      assert.equal(/\r\nconnection: close\r\n/.test(side.take()), ends, JSON.stringify(chunks));
      assert.equal(side.streams.length, ends ? 1 : 2, JSON.stringify(chunks));
      assert.equal(side.isFinished, ends);
    }
  });

  it('keeps a connection whose chunks came before the answer', () => {
    const side = new ServerSide();
    side.receive(`${POST}transfer-encoding: chunked\r\n\r\n`, '2\r\nab\r\n', '0\r\n\r\n');
    answer(side.lastStream());
    assert.doesNotMatch(side.take(), /connection: close/);
    assert.equal(side.isFinished, false);
  });

  it('ends the connection when the rest of an answered request is long', () => {
    for (const framing of ['content-length: 80\r\n\r\nab', 'transfer-encoding: chunked\r\n\r\nff\r\n']) {
      const side = new ServerSide({ maxDiscardedBytes: 10 });
      side.receive(POST + framing);
      const stream = side.lastStream();
      answer(stream);
      stream.reset('done');
      side.receive('cdefgh'.repeat(3));
      side.take();
      assert.equal(side.isFinished, true);
    }
  });
});

describe('HTTP/1.1 server role: ends', () => {
  it('serves what was asked when the client ends its side', () => {
    const side = new ServerSide();
    side.receive(GET + GET);
    side.connection.receiveEnd();
    answer(side.lastStream());
    side.take();
    assert.equal(side.isFinished, false);
    answer(side.lastStream());
    side.take();
    assert.equal(side.isFinished, true);
  });

  it('ends at once when nothing is asked', () => {
    const side = new ServerSide();
    side.receive(GET.slice(0, 10));
    side.connection.receiveEnd();
    assert.equal(side.isFinished, true);
  });

  it('gives up a request that was cut short', () => {
    const side = new ServerSide();
    side.receive(`${POST}content-length: 8\r\n\r\nab`);
    side.connection.receiveEnd();
    assert.deepEqual([side.last().end?.reason, side.last().end?.origin], ['cancelled', 'peer']);
    assert.equal(side.fatal, 'cancelled');
  });

  it('tells its stream that the connection is gone', () => {
    const side = new ServerSide();
    side.receive(GET);
    side.connection.close('lost');
    assert.deepEqual([side.last().end?.reason, side.last().end?.origin], ['lost', 'connection']);
    side.receive(GET);
    assert.equal(side.streams.length, 1);
  });

  it('shuts down after the request under way, in two steps', () => {
    const side = new ServerSide();
    side.receive(GET);
    side.connection.shutdown();
    side.connection.finishShutdown();
    assert.equal(side.isFinished, false);
    answer(side.lastStream());
    assert.match(side.take(), /connection: close/);
    assert.equal(side.isFinished, true);
    const idle = new ServerSide();
    idle.connection.shutdown();
    idle.receive(GET);
    assert.equal(idle.streams.length, 1, 'what is on its way is served');
    const quiet = new ServerSide();
    quiet.connection.finishShutdown();
    quiet.take();
    assert.equal(quiet.isFinished, true);
  });

  it('answers 400 to a body that is wrong, when nothing else was answered', () => {
    const side = new ServerSide();
    side.receive(`${POST}transfer-encoding: chunked\r\n\r\nzz\r\n`);
    assert.deepEqual([side.last().end?.reason, side.last().end?.origin], ['protocol', 'codec']);
    const answer = side.take();
    assert.match(answer, /^HTTP\/1.1 400 /);
    assert.ok(answer.includes(`\r\ndate: ${DATE}\r\n`), 'an answer of the codec is dated too (RFC 9110 §6.6.1)');
    assert.equal(side.isFinished, true);
    const late = new ServerSide();
    late.receive(`${POST}transfer-encoding: chunked\r\n\r\n`);
    late.lastStream().sendHead(OK, null, false);
    late.receive('zz\r\n');
    assert.equal(late.fatal, 'protocol');
  });
});

describe('HTTP/1.1 server role: upgrades', () => {
  const UPGRADE =
    'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

  it('is bytes both ways when granted, those that came early included', () => {
    const side = new ServerSide();
    side.receive(`${UPGRADE}early`);
    const list = side.last().head;
    assert.deepEqual([list?.get(':protocol'), list?.get('sec-websocket-key')], ['websocket', undefined]);
    assert.deepEqual([list?.get('connection'), side.last().isEnded], [undefined, false]);
    const stream = side.lastStream();
    stream.upgrade(head({ ':status': '200', 'x-a': 'b' }), null);
    stream.sendData(Buffer.from('xy'), 0, 2, false);
    assert.equal(
      side.take(),
      'HTTP/1.1 101 Switching Protocols\r\nx-a: b\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nxy',
    );
    side.receive(GET);
    assert.equal(side.last().text, `early${GET}`);
    side.connection.receiveEnd();
    assert.equal(side.last().isEnded, true);
    stream.sendData(Buffer.alloc(0), 0, 0, true);
    side.take();
    assert.equal(side.isFinished, true);
  });

  it('ends its own direction by itself, and takes what came before the grant and before the end', () => {
    const side = new ServerSide();
    side.receive(`${UPGRADE}early`);
    side.connection.receiveEnd();
    assert.equal(side.last().isEnded, false);
    const stream = side.lastStream();
    stream.upgrade(head({ ':status': '200' }), null);
    side.take();
    assert.deepEqual([side.last().text, side.last().isEnded, side.isFinished], ['early', true, false]);
    stream.sendData(Buffer.from('xy'), 0, 2, true);
    assert.equal(side.take(), 'xy');
    assert.equal(side.isFinished, true);
    const open = new ServerSide();
    open.receive(UPGRADE);
    open.lastStream().upgrade(head({ ':status': '200' }), null);
    open.lastStream().sendData(Buffer.alloc(0), 0, 0, true);
    open.take();
    assert.deepEqual([open.owner.log.at(-1), open.isFinished], ['output ended', false]);
    open.receive('late');
    assert.equal(open.last().text, 'late');
  });

  it('is a request like any other when it is not', () => {
    const side = new ServerSide();
    side.receive(UPGRADE + GET);
    answer(side.lastStream());
    assert.equal(side.take(), OK_EMPTY);
    assert.equal(side.streams.length, 2);
  });

  const ignored: readonly (readonly [string, string])[] = [
    ['h2c', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n'],
    ['what Connection does not name', 'Upgrade: websocket\r\n'],
    ['several', 'Connection: Upgrade\r\nUpgrade: tcp, foo\r\n'],
    ['two fields', 'Connection: Upgrade\r\nUpgrade: tcp\r\nUpgrade: tcp\r\n'],
    ['a WebSocket without a key', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
    ['with a body', 'Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 1\r\n'],
  ];
  for (const [what, fields] of ignored) {
    it(`ignores ${what}`, () => {
      const side = new ServerSide();
      side.receive(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
      const { names } = side.last().head ?? { names: [] };
      assert.deepEqual(names, [':method', ':scheme', ':authority', ':path']);
    });
  }

  for (const [what, request] of [
    ['HTTP/1.0', UPGRADE.replace('1.1', '1.0')],
    ['HEAD', UPGRADE.replace('GET', 'HEAD').replace('WebSocket', 'tcp')],
    ['a WebSocket with POST', UPGRADE.replace('GET', 'POST')],
    ['a WebSocket with half a key', UPGRADE.replace('==', '=')],
    ['a WebSocket with two keys', UPGRADE.replace('Sec', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec')],
  ] as const) {
    it(`ignores an upgrade of ${what}, and breaks when it is granted all the same`, () => {
      const side = new ServerSide();
      side.receive(request);
      assert.equal(side.last().head?.get(':protocol'), undefined);
      side.lastStream().upgrade(head({ ':status': '200' }), null);
      side.take();
      assert.equal(side.fatal, 'protocol');
    });
  }
});

describe('HTTP/1.1 server role: input that is kept', () => {
  const LONG = 'x'.repeat(30_000);

  it('is told as memory while a head owes its rest', () => {
    const side = new ServerSide();
    side.answerAll();
    side.receive('GET / HTTP/1.1\r\nhost: a.example\r\nx: ', LONG);
    assert.ok(side.owner.held >= LONG.length && side.owner.held < 3 * LONG.length, `${side.owner.held} bytes`);
    side.receive('\r\n\r\n');
    assert.deepEqual([side.streams.length, side.owner.held], [1, 0]);
  });

  it('is told as memory while requests wait for the answer to the one before', () => {
    const side = new ServerSide();
    side.receive(GET, `GET / HTTP/1.1\r\nhost: a.example\r\nx: ${LONG}\r\n\r\n`);
    assert.ok(side.owner.held >= LONG.length, `${side.owner.held} bytes`);
    answer(side.lastStream());
    side.take();
    assert.deepEqual([side.streams.length, side.owner.held], [2, 0]);
  });

  it('is given back when the connection is gone, or broken off', () => {
    for (const end of ['close', 'breakOff'] as const) {
      const side = new ServerSide();
      side.receive(GET, GET, LONG);
      assert.ok(side.owner.held >= LONG.length, `${side.owner.held} bytes`);
      if (end === 'close') side.connection.close('lost');
      else side.connection.breakOff('overload', 'too much');
      assert.equal(side.owner.held, 0);
      const begun = new ServerSide();
      begun.receive('GET / HTTP/1.1\r\nx: ', LONG);
      begun.connection.close('lost');
      assert.equal(begun.owner.held, 0);
    }
  });
});
