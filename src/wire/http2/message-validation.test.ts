// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList } from '../head/header-list.ts';
import {
  ErrorCode,
  frame,
  literal,
  Pair,
  REQUEST,
  requestBlock,
  Side,
  startedServer,
} from './connection.test-support.ts';
import { DATA, HEADERS, RST_STREAM, SETTINGS } from './frame.ts';

function list(...fields: [string, string][]): Buffer {
  return Buffer.concat(fields.map(([name, value]) => literal(name, value)));
}

const GET: [string, string][] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
];

/** What a server does with a request head: 'served' or the code of its reset. */
function verdict(block: Buffer, flags = 5): string | number {
  const server = startedServer();
  server.receive(frame(HEADERS, flags, 1, block));
  assert.equal(server.fatal, null);
  const reset = server.frames().find(f => f.type === RST_STREAM);
  if (reset !== undefined) {
    assert.equal(server.streams.length, 0, 'the user never hears of it');
    return reset.payload.readUInt32BE(0);
  }
  return server.streams.length === 1 ? 'served' : 'lost';
}

describe('request validation (RFC 9113 §8.3.1)', () => {
  it('serves what is sound', () => {
    assert.equal(verdict(list(...GET)), 'served');
    assert.equal(verdict(list(...GET, ['te', 'trailers'])), 'served');
    assert.equal(verdict(list(...GET, [':authority', 'A'], ['host', 'a'])), 'served');
    assert.equal(verdict(list([':method', 'CONNECT'], [':authority', 'a:1'])), 'served');
    assert.equal(verdict(list([':method', 'OPTIONS'], [':scheme', 'http'], [':path', '*'])), 'served');
    assert.equal(verdict(list(...GET, ['content-length', '0'])), 'served');
  });

  const malformed: [string, [string, string][]][] = [
    [
      'no :method',
      [
        [':scheme', 'http'],
        [':path', '/'],
      ],
    ],
    [
      'no :scheme',
      [
        [':method', 'GET'],
        [':path', '/'],
      ],
    ],
    [
      'no :path',
      [
        [':method', 'GET'],
        [':scheme', 'http'],
      ],
    ],
    [
      'an empty :path',
      [
        [':method', 'GET'],
        [':scheme', 'http'],
        [':path', ''],
      ],
    ],
    [
      'a :path that is no path',
      [
        [':method', 'GET'],
        [':scheme', 'http'],
        [':path', 'x'],
      ],
    ],
    ['a doubled pseudo-header', [...GET, [':path', '/']]],
    ['an unknown pseudo-header', [...GET, [':who', 'x']]],
    ['a response pseudo-header', [...GET, [':status', '200']]],
    [
      'a pseudo-header after a field',
      [
        [':method', 'GET'],
        [':scheme', 'http'],
        ['a', 'b'],
        [':path', '/'],
      ],
    ],
    [
      'a pseudo-header after a per-call field',
      [
        [':method', 'GET'],
        [':scheme', 'http'],
        ['date', 'b'],
        [':path', '/'],
      ],
    ],
    [
      'a method that is no token',
      [
        [':method', 'G T'],
        [':scheme', 'http'],
        [':path', '/'],
      ],
    ],
    ['CONNECT with :path', [...GET.slice(1), [':method', 'CONNECT'], [':authority', 'a']]],
    ['connection', [...GET, ['connection', 'close']]],
    ['transfer-encoding', [...GET, ['transfer-encoding', 'chunked']]],
    ['upgrade', [...GET, ['upgrade', 'h2c']]],
    ['te other than trailers', [...GET, ['te', 'gzip']]],
    ['an upper case name', [...GET, ['X-A', 'b']]],
    ['a name with a space', [...GET, ['x a', 'b']]],
    ['a line break in a value', [...GET, ['x', 'a\r\nb']]],
    ['a NUL in a per-call value', [...GET, ['x-request-id', 'a\0b']]],
    ['two authorities that differ', [...GET, [':authority', 'a'], ['host', 'b']]],
    ['an :authority with userinfo', [...GET, [':authority', 'u@a']]],
    ['an :authority with two ports', [...GET, [':authority', 'a:80:80']]],
    ['an empty :authority', [...GET, [':authority', '']]],
    ['a host that is none', [...GET, ['host', 'a/b']]],
    ['two hosts', [...GET, ['host', 'a'], ['host', 'a']]],
    ['a host of another port', [...GET, [':authority', 'a'], ['host', 'a:443']]],
    [
      'a scheme that is not HTTP',
      [
        [':method', 'GET'],
        [':scheme', 'ftp'],
        [':path', '/'],
      ],
    ],
    [
      'an empty scheme',
      [
        [':method', 'GET'],
        [':scheme', ''],
        [':path', '/'],
      ],
    ],
    [
      'CONNECT to what is no authority',
      [
        [':method', 'CONNECT'],
        [':authority', 'a@b:1'],
      ],
    ],
    ['content-length without a body', [...GET, ['content-length', '1']]],
    ['two content-lengths', [...GET, ['content-length', '0'], ['content-length', '0']]],
    ['a content-length that is no number', [...GET, ['content-length', '+0']]],
  ];
  for (const [what, fields] of malformed) {
    it(`refuses ${what}`, () => assert.equal(verdict(list(...fields)), ErrorCode.PROTOCOL_ERROR));
  }

  it('resets a request whose DATA is more or less than its content-length', () => {
    for (const body of ['abc', 'a']) {
      const server = startedServer();
      server.receive(frame(HEADERS, 4, 1, requestBlock(['content-length', '2'])), frame(DATA, 1, 1, Buffer.from(body)));
      assert.deepEqual(server.last().reset, { code: ErrorCode.PROTOCOL_ERROR, origin: 'codec' });
    }
    const server = startedServer();
    server.receive(frame(HEADERS, 4, 1, requestBlock(['content-length', '2'])));
    server.receive(frame(DATA, 0, 1, Buffer.from('a')), frame(DATA, 1, 1, Buffer.from('b')));
    assert.deepEqual([server.last().reset, server.last().text], [null, 'ab']);
  });

  it('resets a request whose trailers hold a pseudo-header, framing or routing, or do not end it', () => {
    for (const [flags, trailers] of [
      [5, list([':path', '/'])],
      [4, list(['a', 'b'])],
      [5, list(['a', 'b'], ['host', 'a'])],
      [5, list(['te', 'trailers'])],
      [5, list(['trailer', 'a'])],
      [5, list(['a', 'b'], ['content-length', '0'])],
    ] as const) {
      const server = startedServer();
      server.receive(frame(HEADERS, 4, 1, requestBlock()), frame(HEADERS, flags, 1, trailers));
      assert.deepEqual(server.last().reset, { code: ErrorCode.PROTOCOL_ERROR, origin: 'codec' });
    }
  });
});

describe('response validation (RFC 9113 §8.3.2)', () => {
  /** What a client's user sees of a response. */
  function seen(
    request: HeaderList,
    ...frames: Buffer[]
  ): { reset: unknown; status: string | undefined; ended: boolean } {
    const client = new Side('client');
    const { recorder, stream } = client.open();
    client.connection.sendHead(stream, request, null, true);
    client.receive(frame(SETTINGS, 0, 0), ...frames);
    assert.equal(client.fatal, null);
    return { reset: recorder.reset, status: recorder.head?.get(':status'), ended: recorder.ended };
  }
  const HEAD = new HeaderList([':method', ':scheme', ':path'], ['HEAD', 'http', '/']);

  it('refuses a response without a sound status', () => {
    for (const block of [
      list(['a', 'b']),
      list([':status', '20']),
      list([':status', '101']),
      list([':status', '600']),
      list([':status', '999']),
      list(...GET),
    ]) {
      const { reset, status } = seen(REQUEST, frame(HEADERS, 5, 1, block));
      assert.deepEqual([reset, status], [{ code: ErrorCode.PROTOCOL_ERROR, origin: 'codec' }, undefined]);
    }
  });

  it('refuses DATA before the head, and an interim response that ends the stream', () => {
    const wrong = { code: ErrorCode.PROTOCOL_ERROR, origin: 'codec' };
    assert.deepEqual(seen(REQUEST, frame(DATA, 1, 1, Buffer.from('x'))).reset, wrong);
    assert.deepEqual(seen(REQUEST, frame(HEADERS, 5, 1, list([':status', '103']))).reset, wrong);
  });

  it('lets content-length describe a body that is not sent: HEAD, 204, 304', () => {
    const length: [string, string] = ['content-length', '5'];
    for (const [request, status] of [
      [HEAD, '200'],
      [REQUEST, '204'],
      [REQUEST, '304'],
    ] as const) {
      const outcome = seen(request, frame(HEADERS, 5, 1, list([':status', status], length)));
      assert.deepEqual(outcome, { reset: null, status, ended: true });
    }
    const outcome = seen(REQUEST, frame(HEADERS, 5, 1, list([':status', '200'], length)));
    assert.equal(outcome.status, undefined);
  });

  it('takes trailers that speak of framing from a server: whoever passes them on drops them', () => {
    const client = new Side('client');
    const { recorder, stream } = client.open();
    client.connection.sendHead(stream, REQUEST, null, true);
    const trailers = list(['grpc-status', '0'], ['host', 'a'], ['content-length', '5']);
    client.receive(
      frame(SETTINGS, 0, 0),
      frame(HEADERS, 4, 1, list([':status', '200'])),
      frame(HEADERS, 5, 1, trailers),
    );
    assert.deepEqual([recorder.reset, recorder.trailers?.names], [null, ['grpc-status', 'host']]);
  });

  it('ignores what a server sends on a stream that the client gave up', () => {
    const pair = new Pair();
    const { recorder, stream } = pair.client.open();
    pair.client.connection.sendHead(stream, REQUEST, null, true);
    pair.pump();
    pair.client.connection.reset(stream, ErrorCode.CANCEL);
    const served = pair.server.last().stream;
    assert.ok(served);
    pair.server.connection.sendHead(served, new HeaderList([':status'], ['200']), null, false);
    pair.server.connection.sendData(served, Buffer.from('late'), 0, 4, true);
    pair.pump();
    assert.equal(recorder.head, null);
    assert.equal(pair.client.fatal, null);
  });
});
