// SPDX-License-Identifier: Apache-2.0

/** HTTP/2 frames by hand, for clients that misbehave on purpose (RFC 9113 §4.1, §6). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const END_STREAM = 1;
export const END_HEADERS = 4;
export const ACK = 1;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export const SETTINGS = frame(FRAME.settings, 0, 0);
export const SETTINGS_ACK = frame(FRAME.settings, ACK, 0);

/** A header block of literals without indexing and without Huffman coding (RFC 7541 §6.2.2). */
export function literalBlock(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length, 7), bytes]);
}

function integer(value: number, bits: number): Buffer {
  const limit = 2 ** bits - 1;
  if (value < limit) return Buffer.from([value]);
  const out = [limit];
  let rest = value - limit;
  for (; rest > 127; rest >>>= 7) out.push((rest & 127) | 128);
  return Buffer.from([...out, rest]);
}

/** The head of a gRPC request. */
export function grpcHead(path: string, authority: string, more: readonly (readonly [string, string])[] = []): Buffer {
  return literalBlock([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', authority],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
    ...more,
  ]);
}

/** A connected socket that swallows errors: the peer is expected to hang up on us. */
export async function openRaw(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  socket.on('error', () => {});
  return socket;
}

/** A raw connection past the exchange of SETTINGS. What the peer sends later is discarded unless the socket is paused. */
export async function openHttp2(port: number): Promise<Socket> {
  const socket = await openRaw(port);
  socket.write(Buffer.concat([PREFACE, SETTINGS]));
  await once(socket, 'data');
  socket.write(SETTINGS_ACK);
  socket.resume();
  return socket;
}

/** Resolves when the peer has closed the connection, or broken it. */
export function closed(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
