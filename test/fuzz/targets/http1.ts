// SPDX-License-Identifier: Apache-2.0

import { ClientSide, GET, ServerSide } from '../../../src/wire/http1/connection.test-support.ts';
import { referenceRead } from '../../../src/wire/http1/reference-reader.test-support.ts';
import { REFUSED, SOUND } from '../../../src/wire/http1/smuggling-corpus.test-support.ts';
/**
 * HTTP/1.1 at a connection in either role. Promised: no exception; the same requests, bodies and refusals however the bytes are cut; no
 * request, and no byte of a body, that a naive reader of the whole text does not see.
 */
import type { HeaderList } from '../../../src/wire/index.ts';
import { head, type Recorder } from '../../../src/wire/message/recorder.test-support.ts';
import { type FuzzTarget, promise } from '../target.ts';

/** A row that is longer is about a limit, and teaches the mutator nothing. */
const MAX_SEED_LENGTH = 400;

const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  ':',
  ';a=b',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'Connection: upgrade\r\nUpgrade: websocket\r\n',
  'Expect: 100-continue\r\n',
  'Host: a.example\r\n',
  'GET / HTTP/1.1\r\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.0',
].map(text => Buffer.from(text, 'latin1'));

const RESPONSES = [
  'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
  'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n',
  'HTTP/1.0 200 OK\r\n\r\nuntil the end',
  'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\nbytes',
].map(text => Buffer.from(text, 'latin1'));

function cut(input: Buffer): Buffer[] {
  const size = 1 + (input.length % 7);
  return Array.from({ length: Math.ceil(input.length / size) }, (_, at) => input.subarray(at * size, (at + 1) * size));
}

/** What a stream's user saw of a message that was whole. */
function seen(recorder: Recorder): unknown {
  return [recorder.head?.values, recorder.fields, recorder.text, recorder.trailers?.values, recorder.interim.length];
}

function whole(recorders: readonly Recorder[]): readonly Recorder[] {
  return recorders.filter(({ isEnded, end }) => isEnded && end === null);
}

function serve(chunks: readonly Buffer[]): ServerSide & { readonly told: string } {
  const side = new ServerSide();
  side.answerAll('x');
  side.receive(...chunks);
  // Of two things that are wrong with a head, the one that is seen first is told.
  const statuses = side
    .take()
    .match(/HTTP\/1\.1 \d/g)
    ?.map(text => (/[45]$/.test(text) ? 'refused' : text));
  const told = JSON.stringify([whole(side.streams).map(seen), statuses, side.isFinished, side.fatal]);
  end(side);
  return Object.assign(side, { told });
}

function end(side: ServerSide | ClientSide): void {
  side.connection.receiveEnd();
  side.take();
  side.connection.close('lost');
  promise(side.connection.activeStreams === 0, 'no stream is kept after the end');
}

export const http1ServerTarget: FuzzTarget = {
  name: 'http1-server',
  dictionary: PIECES,
  seeds: [...REFUSED, ...SOUND]
    .filter(({ bytes }) => bytes.length < MAX_SEED_LENGTH)
    .map(({ bytes }) => Buffer.from(bytes, 'latin1')),
  run(input) {
    const side = serve([input]);
    promise(side.told === serve(cut(input)).told, 'what is seen does not depend on how the bytes are cut');
    const { requests } = referenceRead(input.toString('latin1'));
    const taken = whole(side.streams);
    promise(taken.length <= requests.length, 'no request that a naive reader does not see');
    for (const [at, stream] of taken.entries()) {
      promise(stream.text === requests[at]?.body, 'the body that a naive reader sees');
    }
  },
};

/** A request that asks for an upgrade. */
const CHAT = head({ ':method': 'GET', ':authority': 'a', ':path': '/', ':protocol': 'chat' });

function ask(chunks: readonly Buffer[], list: HeaderList): string {
  const side = new ClientSide();
  const recorder = side.open(list, list === GET);
  side.take();
  side.receive(...chunks);
  // How much of a body was given on before it turned out to be none is a matter of reads.
  const message = recorder.end === null ? seen(recorder) : recorder.head?.values;
  const granted = recorder.upgraded?.values;
  promise(granted === undefined || list === CHAT, 'nothing is granted that was not asked for');
  const told = JSON.stringify([message, granted, recorder.isEnded, recorder.end?.reason, side.isFinished, side.fatal]);
  end(side);
  promise(recorder.isEnded || recorder.end !== null, 'a request is answered, or told that it is not');
  return told;
}

export const http1ClientTarget: FuzzTarget = {
  name: 'http1-client',
  dictionary: PIECES,
  seeds: RESPONSES,
  run(input) {
    for (const list of [GET, CHAT])
      promise(ask([input], list) === ask(cut(input), list), 'what is seen does not depend on how the bytes are cut');
  },
};
