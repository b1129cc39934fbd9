// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { head } from '../message/recorder.test-support.ts';
import { ClientSide, POST } from './connection.test-support.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';

describe('HTTP/1.1 client role: requests', () => {
  it('writes what it is told', () => {
    const side = new ClientSide();
    side.open(
      head({ ':method': 'GET', ':scheme': 'http', ':authority': 'a.example', ':path': '/x', 'x-a': 'b' }),
      true,
      ['x-request-id', '7'],
    );
    assert.equal(side.take(), 'GET /x HTTP/1.1\r\nhost: a.example\r\nx-a: b\r\nx-request-id: 7\r\n\r\n');
  });

  it('says that there is no body where one is expected, frames by length when it is known, else in chunks', () => {
    const side = new ClientSide();
    side.open(POST);
    assert.equal(side.take(), 'POST / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 0\r\n\r\n');
    const known = new ClientSide();
    known.open(POST, false, ['content-length', '2']).stream.sendData(Buffer.from('ab'), 0, 2, true);
    assert.equal(known.take(), 'POST / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 2\r\n\r\nab');
    const unknown = new ClientSide();
    const { stream } = unknown.open(POST, false);
    stream.sendData(Buffer.from('ab'), 0, 2, false);
    stream.sendTrailers(head({ 'x-sum': '7' }), null);
    assert.equal(
      unknown.take(),
      'POST / HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx-sum: 7\r\n\r\n',
    );
  });

  it('joins the cookies of HTTP/2, and says that trailers are welcome as this version does', () => {
    const side = new ClientSide();
    const list = head({ ':method': 'GET', ':authority': 'a', ':path': '/', te: 'trailers' });
    const names = [...list.names, 'cookie', 'x', 'cookie'];
    const values = [...list.values, 'a=1', 'y', 'b=2'];
    side.open(new (Object.getPrototypeOf(list).constructor)(names, values));
    assert.equal(
      side.take(),
      'GET / HTTP/1.1\r\nhost: a\r\nte: trailers\r\nx: y\r\ncookie: a=1; b=2\r\nconnection: te\r\n\r\n',
    );
  });

  it('sends no target that this version cannot say', () => {
    for (const path of ['/a b', '/a HTTP/1.1\r\nx: y', '/\u00e9', '/a#b', '']) {
      const side = new ClientSide();
      const stream = side.open(head({ ':method': 'GET', ':authority': 'a', ':path': path }));
      assert.deepEqual([stream.end], [null], 'no event from within a call');
      assert.equal(side.take(), '');
      assert.equal(stream.end?.reason, 'protocol');
      assert.equal(side.connection.isUsable, true);
    }
  });
});

describe('HTTP/1.1 client role: responses', () => {
  const bodies: readonly (readonly [string, string, string])[] = [
    ['of a length', `${OK}content-length: 5\r\n\r\nhello`, 'hello'],
    ['in chunks', `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`, 'hello'],
    [
      'in chunks with white space behind their sizes',
      `${OK}transfer-encoding: chunked\r\n\r\n2  \r\nhe\r\n3\t;a=b\r\nllo\r\n0 \r\n\r\n`,
      'hello',
    ],
    [
      'in chunks whose sizes have 64 bits',
      `${OK}transfer-encoding: chunked\r\n\r\n0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n`,
      'hello',
    ],
    ['that is empty', `${OK}content-length: 0\r\n\r\n`, ''],
    ['of 204', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', ''],
    ['of 304', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n', ''],
    ['without a reason', 'HTTP/1.1 200 \r\ncontent-length: 1\r\n\r\nx', 'x'],
    ['without the space of a reason', 'HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx', 'x'],
  ];
  for (const [what, text, body] of bodies) {
    it(`reads one ${what}, in parts of any size, and goes on`, () => {
      for (const size of [1, 3, 1000]) {
        const side = new ClientSide();
        const stream = side.open();
        side.take();
        assert.equal(side.connection.openStream(stream), null);
        for (let at = 0; at < text.length; at += size) side.receive(text.slice(at, at + size));
        assert.equal(stream.text, body);
        assert.equal(stream.isEnded, true);
        assert.deepEqual(side.owner.log, ['capacity']);
        assert.equal(side.connection.isUsable, true);
      }
    });
  }

  it('takes no more white space behind the size of a chunk than an extension may have, and nothing but white space', () => {
    for (const size of [`2${' '.repeat(257)}`, '2 x', '2 \n', ' 2', '1000000000000', '00000000000000002']) {
      const side = new ClientSide();
      const stream = side.open();
      side.take();
      side.receive(`${OK}transfer-encoding: chunked\r\n\r\n${size}\r\nhi\r\n0\r\n\r\n`);
      assert.deepEqual([stream.text, stream.end?.reason, side.fatal], ['', 'protocol', 'protocol'], size);
    }
  });

  it('has no body in an answer to HEAD', () => {
    const side = new ClientSide();
    const stream = side.open(head({ ':method': 'HEAD', ':authority': 'a', ':path': '/' }));
    side.take();
    side.receive(`${OK}content-length: 5\r\n\r\n`);
    assert.deepEqual([stream.isEnded, stream.regular['content-length']], [true, '5']);
    assert.equal(side.connection.isUsable, true);
  });

  it('reads a body that ends with the connection, and nothing after it', () => {
    const side = new ClientSide();
    const stream = side.open();
    side.take();
    side.receive(`${OK}\r\nhel`, 'lo');
    assert.equal(stream.isEnded, false);
    side.connection.receiveEnd();
    assert.deepEqual([stream.text, stream.isEnded, stream.end], ['hello', true, null]);
    assert.equal(side.isFinished, true);
  });

  it('ends after Connection: close, and after HTTP/1.0', () => {
    for (const text of [
      `${OK}connection: close\r\ncontent-length: 0\r\n\r\n`,
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n',
    ]) {
      const side = new ClientSide();
      const stream = side.open();
      side.take();
      side.receive(text);
      assert.deepEqual([stream.isEnded, side.isFinished, side.connection.isUsable], [true, true, false]);
    }
  });

  it('ends after a long request that was not taken, for the rest of it may stand before the next one', () => {
    for (const [bytes, status, isLast] of [
      [8_193, 413, true],
      [8_193, 302, true],
      [8_193, 200, false],
      [8_192, 413, false],
    ] as const) {
      const side = new ClientSide();
      const { stream } = side.open(POST, false);
      for (const [at, to] of [[0, 8_000] as const, [8_000, bytes] as const]) {
        stream.sendData(Buffer.alloc(bytes), at, to, to === bytes);
        side.take();
      }
      side.receive(`HTTP/1.1 ${status} -\r\ncontent-length: 0\r\n\r\n`);
      assert.deepEqual([side.isFinished, side.connection.isUsable], [isLast, !isLast], `${status} to ${bytes}`);
    }
  });

  it('gives interim responses and trailers on', () => {
    const side = new ClientSide();
    const stream = side.open();
    side.take();
    side.receive('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n');
    side.receive(`${OK}transfer-encoding: chunked\r\n\r\n0\r\nx-sum: 7\r\n\r\n`);
    assert.deepEqual(
      stream.interim.map(list => list.get(':status')),
      ['100', '103'],
    );
    assert.equal(stream.trailers?.get('x-sum'), '7');
  });

  it('takes trailers that speak of framing, and none of the connection', () => {
    const answered = (trailer: string) => {
      const side = new ClientSide();
      const stream = side.open();
      side.take();
      side.receive(`${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-sum: 7\r\n${trailer}\r\n\r\n`);
      return [stream.trailers?.get('x-sum'), stream.end?.reason];
    };
    for (const trailer of ['Content-Length: 0', 'Content-Length: 2', 'Host: x', 'Trailer: x', 'TE: trailers'])
      assert.deepEqual(answered(trailer), ['7', undefined], trailer);
    for (const trailer of ['Transfer-Encoding: chunked', 'Connection: close', 'Keep-Alive: timeout=5', 'Upgrade: h2c'])
      assert.deepEqual(answered(trailer), [undefined, 'protocol'], trailer);
  });

  it('has a cap for interim responses', () => {
    const side = new ClientSide({ maxInterimResponses: 3 });
    const stream = side.open();
    side.take();
    side.receive('HTTP/1.1 100 Continue\r\n\r\n'.repeat(4));
    assert.deepEqual([stream.interim.length, stream.end?.reason, side.fatal], [3, 'protocol', 'protocol']);
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['both framings', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n'],
    ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n'],
    ['LF alone', 'HTTP/1.1 200 OK\nContent-Length: 1\n\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\n'],
    ['NUL', 'HTTP/1.1 200 OK\r\nx: \0\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['something else', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['a body with 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n'],
    ['chunks with 204', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ];
  for (const [what, text] of wrong) {
    it(`refuses ${what}`, () => {
      const side = new ClientSide();
      const stream = side.open();
      side.take();
      side.receive(text);
      assert.deepEqual([stream.head, stream.end?.reason, stream.end?.origin], [null, 'protocol', 'codec']);
      assert.equal(side.fatal, 'protocol');
    });
  }

  const tooLarge: readonly (readonly [what: string, text: string])[] = [
    ['a head', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`],
    ['the number of fields', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(201)}\r\n`],
    ['trailers', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`],
  ];
  for (const [what, text] of tooLarge) {
    it(`says that ${what} is over the limit: by its own rule, not by that of the version`, () => {
      const side = new ClientSide();
      const stream = side.open();
      side.take();
      side.receive(text);
      assert.deepEqual([stream.end?.reason, stream.end?.origin, side.fatal], ['overload', 'codec', 'overload']);
    });
  }

  for (const [what, bytes, detail] of [
    ['HTTP/2', '\0\0\0\x04\0\0\0\0\0', 'it is HTTP/2, not HTTP/1.1'],
    ['another protocol', 'S', 'it is not HTTP/1.1'],
  ] as const) {
    it(`names an answer in ${what} at its first bytes`, () => {
      const side = new ClientSide();
      const stream = side.open();
      side.take();
      side.receive(bytes);
      assert.deepEqual([stream.end?.reason, stream.end?.detail], ['protocol', detail]);
    });
  }

  it('ends the connection when a response is whole before the request', () => {
    const side = new ClientSide();
    const stream = side.open(POST, false);
    side.take();
    side.receive(`${OK}content-length: 0\r\n\r\n`);
    assert.deepEqual([stream.isEnded, stream.end, stream.stream.isClosed], [true, null, true]);
    assert.equal(stream.stream.sendData(Buffer.from('ab'), 0, 2, true), 2);
    assert.equal(side.take(), '');
    assert.equal(side.fatal, 'done');
  });

  it('breaks on bytes that nobody asked for', () => {
    const side = new ClientSide();
    side.receive(`${OK}content-length: 0\r\n\r\n`);
    assert.equal(side.fatal, 'protocol');
    // Such as the 408 of a server that ends an idle connection, when a request is about to leave.
    const early = new ClientSide();
    const unsent = early.open();
    early.receive('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    assert.deepEqual([unsent.head, unsent.end?.reason, early.fatal], [null, 'refused', 'protocol']);
    const after = new ClientSide();
    const stream = after.open();
    after.take();
    after.receive(`${OK}content-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`);
    assert.deepEqual([stream.isEnded, after.fatal, after.connection.isUsable], [true, 'protocol', false]);
  });
});

describe('HTTP/1.1 client role: ends', () => {
  function served(): ClientSide {
    const side = new ClientSide();
    side.open();
    side.take();
    side.receive(`${OK}content-length: 0\r\n\r\n`);
    return side;
  }

  const ends: readonly (readonly [string, (side: ClientSide) => void])[] = [
    ['in order', side => side.connection.receiveEnd()],
    ['by error', side => side.connection.close('lost')],
  ];
  for (const [how, end] of ends) {
    it(`says refused when the request never left (${how})`, () => {
      const side = new ClientSide();
      const stream = side.open(POST, false);
      end(side);
      assert.deepEqual([stream.end?.reason, stream.end?.origin], ['refused', 'connection']);
    });

    it(`says refused when a kept connection ended before a byte of response to a request that may be sent twice (${how})`, () => {
      const side = served();
      const stream = side.open();
      side.take();
      end(side);
      assert.equal(stream.end?.reason, 'refused');
    });

    it(`says so too when the connection was there before anybody wanted it, and the server kept it no longer (${how})`, () => {
      const side = new ClientSide();
      side.take();
      const stream = side.open();
      side.take();
      end(side);
      assert.equal(stream.end?.reason, 'refused');
    });

    it(`says lost for a request that may not be sent twice, on a new connection, and when a response began (${how})`, () => {
      const posted = served();
      const post = posted.open(POST);
      posted.take();
      end(posted);
      const fresh = new ClientSide();
      const get = fresh.open();
      fresh.take();
      end(fresh);
      const begun = served();
      const half = begun.open();
      begun.take();
      begun.receive('HTTP/1.1 2');
      end(begun);
      const cut = served();
      const body = cut.open();
      cut.take();
      cut.receive(`${OK}content-length: 9\r\n\r\nhello`);
      end(cut);
      assert.deepEqual(
        [post, get, half, body].map(stream => stream.end?.reason),
        ['lost', 'lost', 'lost', 'lost'],
      );
    });
  }

  it('ends when it is idle and the server ends its side', () => {
    const side = served();
    side.connection.receiveEnd();
    assert.deepEqual([side.isFinished, side.connection.isUsable], [true, false]);
  });

  it('breaks the connection when a request is given up, but not when it never began', () => {
    const side = new ClientSide();
    side.open().stream.reset('cancelled');
    side.take();
    assert.equal(side.fatal, 'cancelled');
    const unsent = new ClientSide();
    const stream = unsent.connection.openStream(unsent.owner.onStream());
    stream?.reset('cancelled');
    assert.equal(unsent.connection.isUsable, true);
    assert.notEqual(unsent.open(), null);
  });

  it('shuts down after the request under way', () => {
    const side = new ClientSide();
    const stream = side.open();
    side.take();
    side.connection.shutdown();
    side.connection.finishShutdown();
    assert.equal(side.isFinished, false);
    side.receive(`${OK}content-length: 0\r\n\r\n`);
    assert.deepEqual([stream.isEnded, side.isFinished], [true, true]);
  });
});

describe('HTTP/1.1 client role: upgrades', () => {
  const ASKED = head({ ':method': 'GET', ':authority': 'a', ':path': '/chat', ':protocol': 'websocket', x: 'y' });
  const KEY = 'AAAAAAAAAAAAAAAAAAAAAA==';
  const GRANT =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\nx-a: b\r\n\r\n';

  it('is bytes both ways when granted, and nothing before', () => {
    const side = new ClientSide();
    const stream = side.open(ASKED, false);
    assert.equal(
      side.take(),
      `GET /chat HTTP/1.1\r\nhost: a\r\nx: y\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ${KEY}\r\n\r\n`,
    );
    assert.equal(stream.stream.sendData(Buffer.from('ab'), 0, 2, false), 0);
    side.receive(`${GRANT}raw`);
    assert.deepEqual(stream.upgraded?.names, [':status', 'x-a']);
    assert.deepEqual([stream.upgraded?.get(':status'), stream.text], ['200', 'raw']);
    assert.ok(side.owner.log.includes('dedicated'));
    side.take();
    assert.equal(stream.writable, 1);
    stream.stream.sendData(Buffer.from('ab'), 0, 2, false);
    assert.equal(side.take(), 'ab');
    side.connection.receiveEnd();
    assert.deepEqual([stream.isEnded, side.isFinished], [true, false]);
    stream.stream.sendData(Buffer.from('cd'), 0, 2, true);
    assert.equal(side.take(), 'cd');
    assert.equal(side.isFinished, true);
  });

  it('ends its own direction by itself', () => {
    const side = new ClientSide();
    const stream = side.open(ASKED, false);
    side.take();
    side.receive(GRANT);
    stream.stream.sendData(Buffer.from('ab'), 0, 2, true);
    assert.equal(side.take(), 'ab');
    assert.deepEqual([side.owner.log.at(-1), stream.stream.isClosed], ['output ended', false]);
    side.receive('later');
    side.connection.receiveEnd();
    assert.deepEqual([stream.text, stream.isEnded, side.isFinished], ['later', true, true]);
  });

  it('is given up in order when its own direction is over, and at once where there is no time for that', () => {
    for (const reason of ['cancelled', 'deadline'] as const) {
      const side = new ClientSide();
      const { stream } = side.open(ASKED, false);
      side.take();
      side.receive(GRANT);
      stream.sendData(Buffer.from('ab'), 0, 2, true);
      side.take();
      stream.reset(reason);
      side.take();
      assert.deepEqual([side.isFinished, side.fatal], reason === 'deadline' ? [false, 'deadline'] : [true, null]);
    }
  });

  const unproven: readonly (readonly [string, string])[] = [
    ['no proof', GRANT.replace(/Sec[^\r]*\r\n/, '')],
    ['the proof of another key', GRANT.replace('ICX', 'ICY')],
    ['another protocol', GRANT.replace('WebSocket', 'chat')],
    ['no protocol', GRANT.replace('Upgrade: WebSocket\r\n', '')],
  ];
  for (const [what, grant] of unproven) {
    it(`breaks a connection that grants with ${what}`, () => {
      const side = new ClientSide();
      const stream = side.open(ASKED, false);
      side.take();
      side.receive(grant);
      assert.deepEqual([stream.end?.reason, stream.upgraded, side.fatal], ['protocol', null, 'protocol']);
    });
  }

  it('asks for any other protocol by its name alone', () => {
    const side = new ClientSide();
    const stream = side.open(
      head({ ':method': 'POST', ':authority': 'a', ':path': '/', ':protocol': 'spdy/3.1' }),
      false,
    );
    assert.equal(
      side.take(),
      'POST / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: spdy/3.1\r\ncontent-length: 0\r\n\r\n',
    );
    side.receive('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n');
    assert.notEqual(stream.upgraded, null);
  });

  it('is an answer like any other when it is not, and the connection goes on', () => {
    const side = new ClientSide();
    const stream = side.open(ASKED, false);
    side.take();
    side.receive('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    assert.deepEqual([stream.head?.get(':status'), stream.text, stream.isEnded], ['403', 'no', true]);
    assert.equal(side.connection.isUsable, true);
  });
});
