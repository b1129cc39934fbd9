// SPDX-License-Identifier: Apache-2.0

/** A bare gRPC client on our own codec: enough to put load on a proxy whose headers differ on each call. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  DEFAULT_HTTP2_LIMITS,
  HeaderList,
  HeaderListPool,
  Http2Connection,
  type MessageEvents,
  type MessageStream,
  type VolatileFields,
} from '../../src/wire/index.ts';

const lists = new HeaderListPool();

export interface ClientConnection {
  readonly socket: Socket;
  readonly http2: Http2Connection;
}

/** Opens a cleartext HTTP/2 connection to the loopback port, and greets. */
export async function openConnection(port: number): Promise<ClientConnection> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  let scheduled = false;
  const flush = (): void => http2.takeOutput({ write: chunk => void socket.write(chunk) });
  const http2: Http2Connection = new Http2Connection({
    role: 'client',
    limits: DEFAULT_HTTP2_LIMITS,
    lists,
    events: {
      onStream: () => {
        throw new Error('a server opened a stream');
      },
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
      onFatal: ({ detail }, message) => socket.destroy(new Error(`HTTP/2 error ${detail}: ${message}`)),
    },
  });
  socket.on('data', chunk => http2.receive(chunk, performance.now()));
  socket.on('error', () => {});
  socket.on('close', () => http2.close('lost'));
  flush();
  return { socket, http2 };
}

/** Request head of a gRPC method, without the fields that differ on each call. `method` null: the path is one of these. */
export function requestHead(method: string | null): HeaderList {
  const path = method === null ? [] : [[':path', method] as const];
  const fields = [...PSEUDO, ...path, ...REGULAR];
  return new HeaderList(
    fields.map(([name]) => name),
    fields.map(([, value]) => value),
  );
}

const PSEUDO = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':authority', 'bench.example.com'],
] as const;
const REGULAR = [
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
  ['user-agent', 'bench/1'],
] as const;

/** A gRPC message of `size` bytes with its prefix. */
export function message(size: number): Buffer {
  const bytes = Buffer.alloc(size + 5, 0x61);
  bytes[0] = 0;
  bytes.writeUInt32BE(size, 1);
  return bytes;
}

/** How a call ended. */
export interface CallResult {
  /** `grpc-status` as a number; -1 when the stream was reset. */
  readonly status: number;
  readonly head: HeaderList | undefined;
}

/** One unary call; `done` is called once. */
export class UnaryCall implements MessageEvents {
  readonly #connection: ClientConnection;
  readonly #done: (result: CallResult) => void;
  #head: HeaderList | undefined;

  constructor(connection: ClientConnection, done: (result: CallResult) => void) {
    this.#connection = connection;
    this.#done = done;
  }

  /** False when the connection takes no stream now. */
  start(head: HeaderList, fields: VolatileFields, body: Buffer): boolean {
    const { http2 } = this.#connection;
    const stream = http2.openStream(this);
    if (stream === null) return false;
    stream.sendHead(head, fields, false);
    stream.sendData(body, 0, body.length, true);
    return true;
  }

  onHead(_stream: MessageStream, head: HeaderList, _fields: VolatileFields, endStream: boolean): void {
    this.#head = head;
    if (endStream) this.#finish(head);
  }

  onInformational(): void {}

  onData(stream: MessageStream, _chunk: Buffer, start: number, end: number, endStream: boolean): void {
    stream.consumed(end - start);
    if (endStream) this.#done({ status: -1, head: this.#head });
  }

  onTrailers(_stream: MessageStream, trailers: HeaderList): void {
    this.#finish(trailers);
  }

  onEnded(): void {
    this.#done({ status: -1, head: this.#head });
  }

  onWritable(): void {}

  #finish(trailers: HeaderList): void {
    this.#done({ status: Number(trailers.get('grpc-status') ?? -1), head: this.#head });
  }
}
