// SPDX-License-Identifier: Apache-2.0

/**
 * The backend of all benchmarks, as a process of its own: `node backend.ts PORT [NAME [CERTIFICATE KEY]]`, in TLS with the last two. It answers any unary call with one small
 * message and a header `x-backend: NAME`; a path that ends in `/Echo` gets its own bytes back, message by message; one that ends
 * in `/Check` gets an empty message, which in Envoy's protocol of external authorization is a yes. A WebSocket is granted and never says
 * anything. What else is not gRPC gets one small body.
 */
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  DEFAULT_HTTP2_LIMITS,
  HeaderList,
  HeaderListPool,
  Http2Connection,
  type MessageConnectionEvents,
  type MessageEvents,
  type MessageStream,
} from '../src/wire/index.ts';
import { tlsOptions } from './backend-tls.ts';

const [port, name = 'one'] = process.argv.slice(2);
const HEAD = new HeaderList([':status', 'content-type', 'x-backend'], ['200', 'application/grpc', name]);
const TRAILERS = new HeaderList(['grpc-status'], ['0']);
const MESSAGE = Buffer.from([0, 0, 0, 0, 7, 10, 5, 104, 101, 108, 108, 111]);
const YES = Buffer.alloc(5);
const HTTP_HEAD = new HeaderList([':status', 'content-type', 'content-length'], ['200', 'text/plain', '12']);
const GRANTED = new HeaderList([':status'], ['200']);
const HTTP_BODY = Buffer.from('hello world\n');
const lists = new HeaderListPool();

class Answer implements MessageEvents {
  readonly connection: Http2Connection;
  echo = false;
  isGrpc = false;
  message = MESSAGE;
  /** What the stream could not take yet. */
  queue: Buffer[] = [];
  ended = false;

  constructor(connection: Http2Connection) {
    this.connection = connection;
  }

  onHead(stream: MessageStream, head: HeaderList, _fields: unknown, endStream: boolean): void {
    if (head.get(':protocol') !== undefined) {
      stream.upgrade(GRANTED, null);
      return;
    }
    const path = head.get(':path') ?? '';
    this.echo = path.endsWith('/Echo');
    if (path.endsWith('/Check')) this.message = YES;
    this.isGrpc = head.get('content-type')?.startsWith('application/grpc') ?? false;
    if (this.echo) stream.sendHead(HEAD, null, false);
    if (endStream) this.finish(stream);
  }

  onInformational(): void {}

  onData(stream: MessageStream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    stream.consumed(end - start);
    if (this.echo && end > start) {
      this.queue.push(Buffer.from(chunk.subarray(start, end)));
      this.onWritable(stream);
    }
    if (endStream) this.finish(stream);
  }

  onTrailers(stream: MessageStream): void {
    this.finish(stream);
  }

  onEnded(): void {
    this.queue = [];
  }

  onWritable(stream: MessageStream): void {
    for (let first = this.queue[0]; first !== undefined; first = this.queue[0]) {
      const taken = stream.sendData(first, 0, first.length, false);
      if (taken < first.length) {
        this.queue[0] = first.subarray(taken);
        return;
      }
      this.queue.shift();
    }
    if (this.ended) stream.sendTrailers(TRAILERS, null);
  }

  finish(stream: MessageStream): void {
    this.ended = true;
    if (this.echo) {
      if (this.queue.length === 0) stream.sendTrailers(TRAILERS, null);
      return;
    }
    if (!this.isGrpc) {
      stream.sendHead(HTTP_HEAD, null, false);
      stream.sendData(HTTP_BODY, 0, HTTP_BODY.length, true);
      return;
    }
    stream.sendHead(HEAD, null, false);
    stream.sendData(this.message, 0, this.message.length, false);
    stream.sendTrailers(TRAILERS, null);
  }
}

function serve(socket: Socket): void {
  const flush = (): void => connection.takeOutput({ write: chunk => void socket.write(chunk) });
  let scheduled = false;
  const events: MessageConnectionEvents = {
    onStream: () => new Answer(connection),
    onOutput: () => {
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(() => {
        scheduled = false;
        flush();
      });
    },
    onGoingAway: () => {},
    onCapacity: () => {},
    onFinished: () => socket.end(),
    onFatal: () => socket.destroy(),
  };
  const limits = { ...DEFAULT_HTTP2_LIMITS, maxConcurrentStreams: 10_000 };
  const connection: Http2Connection = new Http2Connection({ role: 'server', events, limits, lists });
  socket.setNoDelay(true);
  socket.on('data', chunk => connection.receive(chunk, performance.now()));
  socket.on('error', () => {});
  socket.on('close', () => connection.close('lost'));
}

const tls = tlsOptions('h2');
(tls === null ? createServer(serve) : createTlsServer(tls, serve)).listen(Number(port), '127.0.0.1', 1024);
