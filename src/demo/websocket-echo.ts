// SPDX-License-Identifier: Apache-2.0

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { acceptOf, WEBSOCKET } from '../wire/index.ts';
import { CLOSE, encodeFrame, FrameReader, PING, PONG } from './websocket-frames.ts';

/** Grants a WebSocket, naming the pod in the answer's `hostname`, and sends back each frame of its messages; pings are answered. */
export function answerWebSocketEcho(request: IncomingMessage, socket: Duplex, first: Buffer, podName: string): void {
  const { upgrade, 'sec-websocket-key': key } = request.headers;
  if (upgrade?.toLowerCase() !== WEBSOCKET || key === undefined) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\nhostname: ${podName}\r\n\r\n`,
  );
  const reader = new FrameReader();
  const receive = (chunk: Buffer): void => {
    reader.add(chunk);
    answerFrames(reader, socket);
  };
  socket.on('error', () => {});
  socket.on('data', receive);
  socket.on('end', () => socket.end());
  if (first.length > 0) receive(first);
}

function answerFrames(reader: FrameReader, socket: Duplex): void {
  while (!socket.writableEnded) {
    const frame = reader.next();
    if (frame === null) return;
    if ('code' in frame) socket.end(closeFrame(frame.code));
    else if (frame.opcode === CLOSE) socket.end(encodeFrame(frame));
    else if (frame.opcode === PING) socket.write(encodeFrame({ ...frame, opcode: PONG }));
    else if (frame.opcode !== PONG) socket.write(encodeFrame(frame));
  }
}

function closeFrame(code: number): Buffer {
  return encodeFrame({ isFinal: true, opcode: CLOSE, payload: Buffer.from([code >> 8, code & 0xff]) });
}
