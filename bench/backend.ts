// SPDX-License-Identifier: Apache-2.0

/**
 * The backend of all benchmarks, as a process of its own: `node backend.ts PORT [NAME]`. It answers any unary call with one small
 * message and a header `x-backend: NAME`; a path that ends in `/Echo` gets its own bytes back, message by message.
 */
import { createServer, type Socket } from 'node:net';
import {
  type ConnectionEvents,
  DEFAULT_HTTP2_LIMITS,
  HeaderList,
  HeaderListPool,
  Http2Connection,
  type Http2Stream,
  type StreamEvents,
} from '../src/wire/index.ts';

const [port, name = 'one'] = process.argv.slice(2);
const HEAD = new HeaderList([':status', 'content-type', 'x-backend'], ['200', 'application/grpc', name]);
const TRAILERS = new HeaderList(['grpc-status'], ['0']);
const MESSAGE = Buffer.from([0, 0, 0, 0, 7, 10, 5, 104, 101, 108, 108, 111]);
const lists = new HeaderListPool();

class Answer implements StreamEvents {
  readonly connection: Http2Connection;
  echo = false;
  /** What the stream could not take yet. */
  queue: Buffer[] = [];
  ended = false;

  constructor(connection: Http2Connection) {
    this.connection = connection;
  }

  onHead(stream: Http2Stream, head: HeaderList, _fields: unknown, endStream: boolean): void {
    this.echo = head.get(':path')?.endsWith('/Echo') ?? false;
    if (this.echo) this.connection.sendHead(stream, HEAD, null, false);
    if (endStream) this.finish(stream);
  }

  onInformational(): void {}

  onData(stream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    this.connection.consumed(stream, end - start);
    if (this.echo && end > start) {
      this.queue.push(Buffer.from(chunk.subarray(start, end)));
      this.onWritable(stream);
    }
    if (endStream) this.finish(stream);
  }

  onTrailers(stream: Http2Stream): void {
    this.finish(stream);
  }

  onReset(): void {
    this.queue = [];
  }

  onWritable(stream: Http2Stream): void {
    for (let first = this.queue[0]; first !== undefined; first = this.queue[0]) {
      const taken = this.connection.sendData(stream, first, 0, first.length, false);
      if (taken < first.length) {
        this.queue[0] = first.subarray(taken);
        return;
      }
      this.queue.shift();
    }
    if (this.ended) this.connection.sendTrailers(stream, TRAILERS, null);
  }

  finish(stream: Http2Stream): void {
    this.ended = true;
    if (this.echo) {
      if (this.queue.length === 0) this.connection.sendTrailers(stream, TRAILERS, null);
      return;
    }
    this.connection.sendHead(stream, HEAD, null, false);
    this.connection.sendData(stream, MESSAGE, 0, MESSAGE.length, false);
    this.connection.sendTrailers(stream, TRAILERS, null);
  }
}

function serve(socket: Socket): void {
  const flush = (): void => connection.takeOutput({ write: chunk => void socket.write(chunk) });
  let scheduled = false;
  const events: ConnectionEvents = {
    onStream: () => new Answer(connection),
    onOutput: () => {
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(() => {
        scheduled = false;
        flush();
      });
    },
    onGoaway: () => {},
    onCapacity: () => {},
    onFatal: () => socket.destroy(),
  };
  const limits = { ...DEFAULT_HTTP2_LIMITS, maxConcurrentStreams: 10_000 };
  const connection: Http2Connection = new Http2Connection({ role: 'server', events, limits, lists });
  socket.setNoDelay(true);
  socket.on('data', chunk => connection.receive(chunk, performance.now()));
  socket.on('error', () => {});
  socket.on('close', () => connection.close(0));
}

createServer(serve).listen(Number(port), '127.0.0.1', 1024);
