// SPDX-License-Identifier: Apache-2.0

/** Clients that behave badly, one kind after the other. What becomes of them does not count; what they do to others does. */
import { connect as connectHttp2, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';

/** How long a slow one lasts. */
const LINGER_MS = 20_000;

export type Mischief = (host: string, port: number) => void;

const HEAD = 'GET / HTTP/1.1\r\nhost: soak.example.com\r\n';

function open(host: string, port: number): Socket {
  const socket = connect(port, host);
  socket.on('error', () => undefined);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
  return socket;
}

/** One header field each second, and no end. */
const slowHead: Mischief = (host, port) => {
  const socket = open(host, port);
  socket.write(HEAD);
  const timer = setInterval(() => socket.write('x-slow: 1\r\n'), 1_000);
  socket.on('close', () => clearInterval(timer));
};

/** Asks again and again, and reads nothing. */
const unread: Mischief = (host, port) => {
  const socket = open(host, port);
  socket.pause();
  socket.write(`${HEAD}\r\n`.repeat(200));
};

/** Resets the connection while its request is on the way. */
const reset: Mischief = (host, port) => {
  const socket = open(host, port);
  socket.write(`${HEAD}content-length: 1000000\r\n\r\nsome of it`, () => socket.resetAndDestroy());
};

/** Speaks no protocol at all. */
const garbage: Mischief = (host, port) => {
  open(host, port).end(Buffer.from(Array.from({ length: 512 }, () => Math.floor(Math.random() * 256))));
};

/** Connects and says nothing. */
const silent: Mischief = (host, port) => void open(host, port);

/** Opens streams of HTTP/2 and takes each back at once. */
const rapidResets: Mischief = (host, port) => {
  const session = connectHttp2(`http://${host}:${port}`);
  session.on('error', () => undefined);
  for (let at = 0; at < 50; at++) {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/api.Echo/Echo',
      ':authority': 'grpc.soak.example.com',
    });
    stream.on('error', () => undefined);
    stream.close(constants.NGHTTP2_CANCEL);
  }
  setTimeout(() => session.destroy(), 2_000).unref();
};

/** Sends a body that is never read to its end: the window stays full. */
const stuckBody: Mischief = (host, port) => {
  const socket = open(host, port);
  socket.write(`POST / HTTP/1.1\r\nhost: soak.example.com\r\ncontent-length: 50000000\r\n\r\n`);
  socket.write(Buffer.alloc(300_000));
};

export const MISCHIEF: readonly Mischief[] = [slowHead, unread, reset, garbage, silent, rapidResets, stuckBody];
