// SPDX-License-Identifier: Apache-2.0

/**
 * HTTP/2 frames at a connection in either role, behind a sound opening. Promised: no exception; the same output and the
 * same events however the bytes are cut; at the end every stream is told that it is over, once, and the books are empty.
 */
import {
  frame,
  REQUEST,
  RESPONSE,
  type Recorder,
  requestBlock,
  Side,
  sendAll,
  startedServer,
  TRAILERS,
  uint32,
} from '../../../src/wire/http2/connection.test-support.ts';
import { type FuzzTarget, promise } from '../target.ts';

const [DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION] = [0, 1, 3, 4, 6, 7, 8, 9];

/** Cleartext HTTP/2 as a client (role `server`: ours) or an endpoint (role `client`) would send it. */
export function connectionTarget(role: 'server' | 'client'): FuzzTarget {
  const seeds = role === 'server' ? requestSeeds() : responseSeeds();
  return {
    name: `http2-${role}`,
    dictionary: [...seeds.flat(), ...FRAMES],
    seeds: seeds.map(frames => Buffer.concat(frames)),
    run(input) {
      const whole = play(role, [input]);
      const pieces = play(role, cut(input, 1 + (input.length % 7)));
      promise(whole === pieces, 'output and events do not depend on how the bytes are cut');
    },
  };
}

/** Everything that came out, as text. */
function play(role: 'server' | 'client', chunks: readonly Buffer[]): string {
  const side = role === 'server' ? startedServer() : startedClient();
  side.prepare = answering(side);
  const recorders = role === 'client' ? [1, 2, 3].map(() => opened(side)) : side.streams;
  side.receive(...chunks);
  const output = side.take();
  const { fatalCode } = side;
  side.connection.close('lost');
  side.take();
  promise(side.connection.activeStreams === 0, 'no stream is counted after the end');
  promise(side.connection.streams.size === 0, 'no stream is kept after the end');
  for (const { stream } of recorders) promise(stream === null || stream.state === 'closed', 'every stream is closed');
  const told = JSON.stringify([fatalCode, side.log, recorders.map(summary)]);
  return told + output.toString('latin1');
}

function summary({ head, trailers, interim, body, ended, reset }: Recorder): unknown {
  return [head?.values, trailers?.values, interim.length, Buffer.concat(body).toString('base64'), ended, reset];
}

function answering(side: Side): (recorder: Recorder) => void {
  return recorder => {
    recorder.onHeadDo = stream => {
      side.connection.sendHead(stream, RESPONSE, null, stream.id % 3 === 0);
      if (stream.id % 3 !== 0) sendAll(recorder, stream, Buffer.alloc((stream.id % 97) * 100));
    };
  };
}

function startedClient(): Side {
  const side = new Side('client');
  side.receive(frame(SETTINGS, 0, 0));
  return side;
}

function opened(side: Side): Recorder {
  const { recorder, stream } = side.open();
  recorder.stream = stream;
  side.connection.sendHead(stream, REQUEST, null, stream.id === 1);
  if (stream.id !== 1) sendAll(recorder, stream, Buffer.alloc(70_000));
  return recorder;
}

function cut(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(Buffer.from(bytes.subarray(at, at + size)));
  return chunks;
}

function requestSeeds(): Buffer[][] {
  const head = requestBlock(['content-type', 'application/grpc']);
  return [
    [frame(HEADERS, 4, 1, head), frame(DATA, 1, 1, Buffer.from([0, 0, 0, 0, 1, 7]))],
    [
      frame(HEADERS, 0, 1, head.subarray(0, 3)),
      frame(CONTINUATION, 4, 1, head.subarray(3)),
      frame(RST_STREAM, 0, 1, uint32(8)),
    ],
    [
      frame(HEADERS, 5, 1, head),
      frame(HEADERS, 5, 3, head),
      frame(WINDOW_UPDATE, 0, 3, uint32(1)),
      frame(GOAWAY, 0, 0, uint32(0, 0)),
    ],
    [
      frame(HEADERS, 4, 1, head),
      frame(DATA, 0, 1, Buffer.alloc(30)),
      frame(HEADERS, 5, 1, Buffer.from('000161016200')),
    ],
  ];
}

function responseSeeds(): Buffer[][] {
  const head = Buffer.from('8800', 'hex').subarray(0, 1);
  const interim = Buffer.from('\x08\x03103', 'latin1');
  const trailers = Buffer.from(`\0\x0b${TRAILERS.names[0]}\x010`, 'latin1');
  return [
    [frame(HEADERS, 4, 1, head), frame(DATA, 0, 1, Buffer.alloc(9)), frame(HEADERS, 5, 1, trailers)],
    [frame(HEADERS, 4, 3, interim), frame(HEADERS, 4, 3, head), frame(RST_STREAM, 0, 3, uint32(0))],
    [frame(HEADERS, 5, 5, head), frame(GOAWAY, 0, 0, uint32(3, 0)), frame(WINDOW_UPDATE, 0, 0, uint32(70_000))],
  ];
}

const FRAMES: readonly Buffer[] = [
  frame(SETTINGS, 0, 0, Buffer.from('000400000000', 'hex')),
  frame(SETTINGS, 0, 0, Buffer.from('00047fffffff', 'hex')),
  frame(SETTINGS, 0, 0, Buffer.from('000100000000', 'hex')),
  frame(SETTINGS, 0, 0, Buffer.from('000300000000', 'hex')),
  frame(SETTINGS, 1, 0),
  frame(PING, 0, 0, Buffer.alloc(8)),
  frame(PING, 1, 0, Buffer.alloc(8)),
  frame(2, 0, 1, Buffer.alloc(5)),
  frame(5, 4, 1, Buffer.alloc(4)),
  frame(GOAWAY, 0, 0, uint32(0, 2)),
  frame(WINDOW_UPDATE, 0, 0, uint32(0x7fffffff)),
];
