// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList } from '../head/header-list.ts';
import { fieldOf } from '../head/volatile-fields.ts';
import { ErrorCode, frame, literal, Side, startedServer, uint32 } from './connection.test-support.ts';
import { DATA, END_HEADERS, END_STREAM, HEADERS, RST_STREAM, SETTINGS } from './frame.ts';

const CHAT: Readonly<Record<string, string>> = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':scheme': 'https',
  ':path': '/chat',
  ':authority': 'a.example',
};
const ENABLE_CONNECT_PROTOCOL = 8;

function block(changes: Readonly<Record<string, string | undefined>> = {}): Buffer {
  const fields = Object.entries({ ...CHAT, ...changes });
  return Buffer.concat(fields.flatMap(([name, value]) => (value === undefined ? [] : [literal(name, value)])));
}

/** What becomes of a request: 'served', or the code of its reset. */
function verdict(changes: Readonly<Record<string, string | undefined>>, flags = END_HEADERS): string | number {
  const server = startedServer();
  server.receive(frame(HEADERS, flags, 1, block(changes)));
  const reset = server.frames().find(({ type }) => type === RST_STREAM);
  return reset === undefined ? 'served' : reset.payload.readUInt32BE(0);
}

function settings(value: number): Buffer {
  return frame(SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, ENABLE_CONNECT_PROTOCOL]), uint32(value)]));
}

function clientOf(...chunks: Buffer[]): Side {
  const client = new Side('client');
  client.receive(...chunks);
  return client;
}

const ASKED = new HeaderList(
  [':method', ':scheme', ':authority', ':path', ':protocol'],
  ['GET', 'http', 'a', '/chat', 'websocket'],
);

describe('extended CONNECT (RFC 8441)', () => {
  it('is offered by a server and not by a client', () => {
    const offer = Buffer.from([0, ENABLE_CONNECT_PROTOCOL, 0, 0, 0, 1]);
    assert.equal(new Side('server').take().includes(offer), true);
    assert.equal(new Side('client').take().includes(offer), false);
  });

  it('is given on as GET with a protocol, without a key that means nothing here', () => {
    const server = startedServer();
    server.receive(frame(HEADERS, END_HEADERS, 1, block({ 'sec-websocket-key': 'x', 'sec-websocket-version': '13' })));
    const { head, ended } = server.last();
    assert.deepEqual(head?.names, [':method', ':protocol', ':scheme', ':path', ':authority', 'sec-websocket-version']);
    assert.deepEqual([head?.get(':method'), ended], ['GET', false]);
  });

  it('is given on without a key that turned out to vary, too', () => {
    const server = startedServer();
    for (let id = 1; id < 200; id += 2) {
      server.receive(frame(HEADERS, END_HEADERS, id, block({ 'sec-websocket-key': `key ${id}`, 'x-varies': `${id}` })));
      const { head, fields } = server.last();
      assert.equal(head?.get('sec-websocket-key') ?? fieldOf(fields, 'sec-websocket-key'), undefined, `stream ${id}`);
    }
    assert.equal(fieldOf(server.last().fields, 'x-varies'), '199', 'names vary here');
  });

  const refused: readonly (readonly [string, Readonly<Record<string, string | undefined>>])[] = [
    ['another method', { ':method': 'GET' }],
    ['no path', { ':path': undefined }],
    ['no scheme', { ':scheme': undefined }],
    ['no authority', { ':authority': undefined }],
    ['a path that is none', { ':path': '*' }],
    ['HTTP/2 as the protocol', { ':protocol': 'h2c' }],
    ['HTTP as the protocol', { ':protocol': 'HTTP/1.1' }],
    ['no protocol by name', { ':protocol': '' }],
    ['a protocol that is a list', { ':protocol': 'websocket, h2c' }],
    ['a protocol with a line end', { ':protocol': 'a\r\nb' }],
    ['a length', { 'content-length': '0' }],
  ];
  for (const [what, changes] of refused) {
    it(`is refused with ${what}`, () => assert.equal(verdict(changes), ErrorCode.PROTOCOL_ERROR));
  }

  it('is refused when nothing may follow', () => {
    assert.equal(verdict({}, END_HEADERS | END_STREAM), ErrorCode.PROTOCOL_ERROR);
    assert.equal(verdict({}), 'served');
  });

  it('carries nothing but data once it is granted', () => {
    const server = startedServer();
    server.receive(frame(HEADERS, END_HEADERS, 1, block()));
    server.last().stream?.upgrade(new HeaderList([':status'], ['200']), null);
    server.receive(frame(DATA, 0, 1, Buffer.from('ab')));
    assert.deepEqual([server.last().text, server.last().reset], ['ab', null]);
    server.receive(frame(HEADERS, END_HEADERS | END_STREAM, 1, literal('x', 'y')));
    assert.equal(server.last().reset?.code, ErrorCode.PROTOCOL_ERROR);
  });

  it('carries nothing but data before it is granted, too', () => {
    const server = startedServer();
    server.receive(frame(HEADERS, END_HEADERS, 1, block()));
    server.receive(frame(DATA, 0, 1, Buffer.from('ab')));
    server.receive(frame(HEADERS, END_HEADERS | END_STREAM, 1, literal('x', 'y')));
    const { text, ended, reset } = server.last();
    assert.deepEqual([text, ended, reset?.code], ['ab', false, ErrorCode.PROTOCOL_ERROR]);
  });

  it('is asked of a server that offers it, for GET alone', () => {
    const post = new HeaderList([':method', ':protocol'], ['POST', 'tcp']);
    const may = (client: Side): boolean[] => [ASKED, post].map(list => client.open().stream.mayUpgrade(list));
    assert.deepEqual(may(clientOf(frame(SETTINGS, 0, 0))), [false, false]);
    assert.deepEqual(may(clientOf(settings(0))), [false, false]);
    assert.deepEqual(may(clientOf(settings(1))), [true, false]);
  });

  it('is not taken back, nor offered by half', () => {
    assert.equal(clientOf(settings(1), settings(0)).fatalCode, ErrorCode.PROTOCOL_ERROR);
    assert.equal(clientOf(settings(2)).fatalCode, ErrorCode.PROTOCOL_ERROR);
  });

  it('is granted to others without a proof that no key was sent for', () => {
    const client = clientOf(settings(1));
    for (let count = 0; count < 100; count++) {
      const { recorder, stream } = client.open();
      stream.sendHead(ASKED, null, false);
      client.take();
      const proof = [literal('sec-websocket-accept', `proof ${count}`), literal('x-a', 'b')];
      client.receive(frame(HEADERS, END_HEADERS, stream.id, Buffer.concat([Buffer.from([0x88]), ...proof])));
      assert.deepEqual([recorder.upgraded?.names, recorder.fields], [[':status', 'x-a'], null]);
      stream.reset('cancelled');
      client.take();
    }
  });

  it('may be over with the head that grants it', () => {
    const client = clientOf(settings(1));
    const { recorder, stream } = client.open();
    stream.sendHead(ASKED, null, false);
    client.take();
    client.receive(frame(HEADERS, END_HEADERS | END_STREAM, 1, [0x88]));
    assert.deepEqual([recorder.head, recorder.upgraded?.get(':status'), recorder.ended], [null, '200', true]);
    assert.equal(stream.isClosed, false);
    assert.equal(stream.sendData(Buffer.alloc(0), 0, 0, true), 0);
    assert.equal(stream.isClosed, true);
  });
});
