// SPDX-License-Identifier: Apache-2.0

/** Long bidirectional streams: each sends a small message, waits for its echo, sends the next. */
import type { HeaderList, MessageEvents, MessageStream } from '../../src/wire/index.ts';
import { type ClientConnection, message, openConnection, requestHead } from './client.ts';
import type { Shape } from './h2load.ts';

const HEAD = requestHead('/bench.Bench/Echo');
const BODY = message(64);

class PingPong implements MessageEvents {
  readonly #connection: ClientConnection;
  readonly #done: (failed: boolean) => void;
  #left: number;
  #received = 0;

  constructor(connection: ClientConnection, messages: number, done: (failed: boolean) => void) {
    this.#connection = connection;
    this.#left = messages;
    this.#done = done;
  }

  start(): void {
    const stream = this.#connection.http2.openStream(this);
    if (stream === null) throw new Error('the peer takes too few streams');
    stream.sendHead(HEAD, null, false);
    this.#send(stream);
  }

  #send(stream: MessageStream): void {
    this.#left--;
    stream.sendData(BODY, 0, BODY.length, this.#left === 0);
  }

  onHead(): void {}
  onInformational(): void {}
  onWritable(): void {}

  onData(stream: MessageStream, _chunk: Buffer, start: number, end: number): void {
    stream.consumed(end - start);
    this.#received += end - start;
    if (this.#received < BODY.length) return;
    this.#received = 0;
    if (this.#left > 0) this.#send(stream);
  }

  onTrailers(_stream: MessageStream, trailers: HeaderList): void {
    this.#done(trailers.get('grpc-status') !== '0');
  }

  onEnded(): void {
    this.#done(true);
  }
}

/** Runs `shape.connections × shape.streams` streams of `messages` messages each; rejects when any failed. */
export async function streams(port: number, shape: Shape, messages: number): Promise<void> {
  const connections = await Promise.all(Array.from({ length: shape.connections }, () => openConnection(port)));
  const ends = connections.flatMap(connection =>
    Array.from(
      { length: shape.streams },
      () => new Promise<boolean>(resolve => new PingPong(connection, messages, resolve).start()),
    ),
  );
  const failed = (await Promise.all(ends)).filter(Boolean).length;
  for (const { socket } of connections) socket.destroy();
  if (failed > 0) throw new Error(`${failed} streams failed`);
}
