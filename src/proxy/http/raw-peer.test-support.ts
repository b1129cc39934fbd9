// SPDX-License-Identifier: Apache-2.0

/** A client and a backend that send whatever header lists they are given, sound or not, and keep what they get. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import {
  DEFAULT_HTTP2_LIMITS,
  ErrorCode,
  HeaderList,
  HeaderListPool,
  Http2Connection,
  type MessageConnectionEvents,
  type MessageEvents,
  type MessageStream,
  type StreamEnd,
  type VolatileFields,
} from '../../wire/index.ts';

export type Fields = readonly (readonly [string, string])[];

/** A list of fields; those named in `sensitive` are never indexed. */
export function listOf(fields: Fields, sensitive: readonly string[] | null = null): HeaderList {
  return new HeaderList(
    fields.map(([name]) => name),
    fields.map(([, value]) => value),
    sensitive,
  );
}

/** The head of a gRPC request; fields of the same name are replaced by `changes`, `undefined` leaves one out. */
export function grpcHead(changes: Readonly<Record<string, string | undefined>> = {}, more: Fields = []): Fields {
  const head: Record<string, string | undefined> = {
    ':method': 'POST',
    ':scheme': 'http',
    ':path': '/s.S/M',
    ':authority': 'a.test',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...changes,
  };
  const kept = Object.entries(head).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return [...kept, ...more];
}

/** What one side of a stream got. */
export class Received implements MessageEvents {
  head: HeaderList | null = null;
  fields: VolatileFields = null;
  interim: HeaderList[] = [];
  trailers: HeaderList | null = null;
  trailerFields: VolatileFields = null;
  bytes = 0;
  /** null: it ended well. */
  resetCode: number | null = null;
  readonly ended: Promise<this>;
  onEnd: () => void = () => {};
  #end: (value: this) => void = () => {};

  constructor() {
    this.ended = new Promise(resolve => {
      this.#end = resolve;
    });
  }

  /** All fields of the head by name, the per-request ones too; the last of a name counts. */
  get all(): Readonly<Record<string, string>> {
    return { ...recordOf(this.head), ...recordOfFields(this.fields) };
  }

  get allTrailers(): Readonly<Record<string, string>> {
    return { ...recordOf(this.trailers), ...recordOfFields(this.trailerFields) };
  }

  /** `grpc-status` of trailers or head. */
  get status(): string | undefined {
    return this.allTrailers['grpc-status'] ?? this.all['grpc-status'];
  }

  get message(): string {
    return decodeURIComponent(this.allTrailers['grpc-message'] ?? this.all['grpc-message'] ?? '');
  }

  onHead(_stream: MessageStream, head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    this.head = head;
    this.fields = fields;
    if (endStream) this.#finish();
  }
  onInformational(_stream: MessageStream, head: HeaderList): void {
    this.interim.push(head);
  }
  onData(stream: MessageStream, _chunk: Buffer, start: number, end: number, endStream: boolean): void {
    this.bytes += end - start;
    stream.consumed(end - start);
    if (endStream) this.#finish();
  }
  onTrailers(_stream: MessageStream, trailers: HeaderList, fields: VolatileFields): void {
    this.trailers = trailers;
    this.trailerFields = fields;
    this.#finish();
  }
  onEnded(_stream: MessageStream, end: StreamEnd): void {
    const codes: Readonly<Record<string, number>> = ErrorCode;
    this.resetCode = codes[end.detail] ?? Number(end.detail);
    this.#finish();
  }
  onWritable(): void {}

  #finish(): void {
    this.#end(this);
    this.onEnd();
  }
}

function recordOf(list: HeaderList | null): Record<string, string> {
  return Object.fromEntries(list?.names.map((name, at) => [name, list.values[at] ?? '']) ?? []);
}

function recordOfFields(fields: VolatileFields): Record<string, string> {
  const record: Record<string, string> = {};
  for (let at = 0; fields !== null && at < fields.length; at += 2) record[fields[at] ?? ''] = fields[at + 1] ?? '';
  return record;
}

/** A connection on a socket: output goes out as soon as there is some. */
class Wired {
  readonly connection: Http2Connection;
  readonly socket: Socket;

  constructor(role: 'client' | 'server', socket: Socket, onStream: (stream: MessageStream) => MessageEvents) {
    this.socket = socket;
    const ignore = (): void => {};
    const events: MessageConnectionEvents = {
      onStream,
      onOutput: () => queueMicrotask(() => this.flush()),
      onGoingAway: ignore,
      onCapacity: ignore,
      onFinished: ignore,
      onFatal: ignore,
    };
    const lists = new HeaderListPool();
    this.connection = new Http2Connection({ role, events, lists, limits: DEFAULT_HTTP2_LIMITS });
    socket.on('data', chunk => {
      this.connection.receive(chunk, 0);
      this.flush();
    });
    socket.on('error', ignore);
  }

  flush(): void {
    if (this.socket.destroyed) return;
    this.connection.takeOutput({ write: chunk => void this.socket.write(chunk) });
  }
}

/** What is sent behind a head. */
export interface Sent {
  readonly fields?: readonly string[];
  readonly trailers?: HeaderList;
  readonly trailerFields?: readonly string[];
}

/** Sends requests as they are. Close it. */
export class RawClient {
  readonly #wired: Wired;
  /** All that came from the gateway. */
  readonly input: Buffer[] = [];

  private constructor(socket: Socket) {
    socket.on('data', chunk => void this.input.push(chunk));
    this.#wired = new Wired('client', socket, () => {
      throw new Error('a server opens no streams');
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Resolves when the answer has ended, or the stream was reset. */
  call(head: HeaderList, { fields, trailers, trailerFields }: Sent = {}): Promise<Received> {
    const received = new Received();
    const { connection } = this.#wired;
    const stream = connection.openStream(received);
    if (stream === null) throw new Error('no stream is free');
    connection.sendHead(stream, head, fields ?? null, trailers === undefined);
    if (trailers !== undefined) connection.sendTrailers(stream, trailers, trailerFields ?? null);
    this.#wired.flush();
    return received.ended;
  }

  close(): void {
    this.#wired.socket.destroy();
  }
}

/** An answer; without trailers it is a head alone. */
export type RawAnswer = { readonly head: HeaderList; readonly interim?: HeaderList } & Sent;

/** Answers each request as `answer` says and keeps what came. Close it. */
export class RawBackend {
  readonly requests: Received[] = [];
  /** All that came from the gateway. */
  readonly input: Buffer[] = [];
  answer: RawAnswer = {
    head: listOf([
      [':status', '200'],
      ['content-type', 'application/grpc'],
    ]),
    trailers: listOf([['grpc-status', '0']]),
  };
  /** Of the next requests; then `answer` holds again. */
  readonly next: RawAnswer[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('data', chunk => void this.input.push(chunk));
      new Wired('server', socket, stream => this.#onStream(stream));
    });
  }

  static async start(): Promise<RawBackend> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RawBackend(server);
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  get last(): Received | undefined {
    return this.requests.at(-1);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #onStream(stream: MessageStream): MessageEvents {
    const received = new Received();
    this.requests.push(received);
    received.onEnd = () => {
      const { head, interim, fields, trailers, trailerFields } = this.next.shift() ?? this.answer;
      if (interim !== undefined) stream.sendInformational(interim, null);
      stream.sendHead(head, fields ?? null, trailers === undefined);
      if (trailers !== undefined) stream.sendTrailers(trailers, trailerFields ?? null);
    };
    return received;
  }
}

/** Whether a field went over the wire as a literal that may never be indexed (RFC 7541 §6.2.3), its name written out. */
export function isNeverIndexed(input: readonly Buffer[], name: string): boolean {
  return Buffer.concat(input).includes(Buffer.from(`\x10${String.fromCharCode(name.length)}${name}`, 'latin1'));
}
