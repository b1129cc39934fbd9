// SPDX-License-Identifier: Apache-2.0

import { HeaderList } from '../head/header-list.ts';
import { HeaderListPool } from '../head/header-list-pool.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { StreamEnd } from '../message/end-reason.ts';
import type { MessageConnectionEvents } from '../message/message-connection.ts';
import type { MessageEvents, MessageStream } from '../message/message-stream.ts';
import type { WindowAccount } from '../message/window-account.ts';
import { Http2Connection } from './connection.ts';
import { ErrorCode } from './error-code.ts';
import { PREFACE, SETTINGS } from './frame.ts';
import { DEFAULT_HTTP2_LIMITS, type Http2Limits } from './limits.ts';
import type { Http2Stream } from './stream.ts';

export const REQUEST: HeaderList = new HeaderList(
  [':method', ':scheme', ':path', ':authority', 'content-type', 'te'],
  ['POST', 'http', '/api.Echo/Echo', 'localhost', 'application/grpc', 'trailers'],
);
export const RESPONSE: HeaderList = new HeaderList([':status', 'content-type'], ['200', 'application/grpc']);
export const TRAILERS: HeaderList = new HeaderList(['grpc-status'], ['0']);

/** Writes down what a stream's user is told. */
export class Recorder implements MessageEvents {
  windows?: WindowAccount;
  stream: Http2Stream | null = null;
  head: HeaderList | null = null;
  fields: VolatileFields = null;
  trailers: HeaderList | null = null;
  interim: HeaderList[] = [];
  upgraded: HeaderList | null = null;
  body: Buffer[] = [];
  ended = false;
  reset: { code: number; origin: string } | null = null;
  writable = 0;
  onWritableDo: ((stream: Http2Stream) => void) | null = null;
  onHeadDo: ((stream: Http2Stream) => void) | null = null;

  onHead(stream: MessageStream, head: HeaderList, fields: VolatileFields, endStream: boolean): void {
    this.stream = stream as Http2Stream;
    this.head = head;
    this.fields = fields;
    this.ended = endStream;
    this.onHeadDo?.(stream as Http2Stream);
  }
  onInformational(_stream: MessageStream, head: HeaderList): void {
    this.interim.push(head);
  }
  onUpgraded(_stream: MessageStream, head: HeaderList, fields: VolatileFields): void {
    this.upgraded = head;
    this.fields = fields;
  }
  onData(_stream: MessageStream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    this.body.push(chunk.subarray(start, end));
    this.ended = endStream;
  }
  onTrailers(_stream: MessageStream, trailers: HeaderList, fields: VolatileFields): void {
    this.trailers = trailers;
    this.fields = fields;
    this.ended = true;
  }
  onEnded(_stream: MessageStream, { origin, detail }: StreamEnd): void {
    this.reset = { code: codeNamed(detail), origin };
  }
  onWritable(stream: MessageStream): void {
    this.writable++;
    this.onWritableDo?.(stream as Http2Stream);
  }
  get text(): string {
    return Buffer.concat(this.body).toString('latin1');
  }
}

/** The error code behind an end's word. */
function codeNamed(detail: string): number {
  const codes: Readonly<Record<string, number>> = ErrorCode;
  return codes[detail] ?? Number(detail);
}

/** A connection whose output is kept, and whose events are written down. */
export class Side {
  readonly connection: Http2Connection;
  readonly streams: Recorder[] = [];
  readonly log: string[] = [];
  /** Memory of input that waits. */
  held = 0;
  fatal: { code: number; message: string } | null = null;
  /** Done with each new stream of a server. */
  prepare: ((recorder: Recorder) => void) | null = null;
  nowMs = 0;

  constructor(role: 'server' | 'client', limits: Partial<Http2Limits> = {}, lists = new HeaderListPool()) {
    const events: MessageConnectionEvents = {
      onStream: () => {
        const recorder = new Recorder();
        this.streams.push(recorder);
        this.prepare?.(recorder);
        return recorder;
      },
      onOutput: () => {},
      onHeldInput: change => {
        this.held += change;
      },
      onGoingAway: taken => void this.log.push(`going away ${taken}`),
      onFinished: () => void this.log.push('finished'),
      onCapacity: () => void this.log.push('capacity'),
      onPeerLimits: () => void this.log.push('settings'),
      onPong: () => void this.log.push('pong'),
      onRefusedHead: why => void this.log.push(why),
      onFatal: ({ detail }, message) => {
        this.fatal = { code: codeNamed(detail), message };
      },
    };
    this.connection = new Http2Connection({ role, events, lists, limits: { ...DEFAULT_HTTP2_LIMITS, ...limits } });
  }

  get fatalCode(): number | null {
    return this.fatal?.code ?? null;
  }

  /** All output so far. */
  take(): Buffer {
    const chunks: Buffer[] = [];
    this.connection.takeOutput({ write: chunk => void chunks.push(chunk) });
    return Buffer.concat(chunks);
  }

  receive(...chunks: Buffer[]): void {
    for (const chunk of chunks) this.connection.receive(chunk, this.nowMs);
  }

  /** The frames of all output so far. */
  frames(): Frame[] {
    return parseFrames(this.take());
  }

  last(): Recorder {
    const recorder = this.streams.at(-1);
    if (recorder === undefined) throw new Error('no stream yet');
    return recorder;
  }

  open(): { recorder: Recorder; stream: Http2Stream } {
    const recorder = new Recorder();
    const stream = this.connection.openStream(recorder);
    if (stream === null) throw new Error('no capacity');
    return { recorder, stream };
  }
}

export interface Frame {
  type: number;
  flags: number;
  id: number;
  payload: Buffer;
}

/** A frame in bytes. */
export function frame(type: number, flags: number, id: number, payload: Buffer | readonly number[] = []): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(9);
  header.writeUIntBE(body.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(id, 5);
  return Buffer.concat([header, body]);
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, at * 4);
  return bytes;
}

export function parseFrames(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    const [type, flags] = [bytes[at + 3] ?? 0, bytes[at + 4] ?? 0];
    frames.push({ type, flags, id: bytes.readUInt32BE(at + 5), payload: bytes.subarray(at + 9, at + 9 + length) });
    at += 9 + length;
  }
  return frames;
}

/** A literal field without indexing. */
export function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

function text(value: string): Buffer {
  if (value.length >= 127) throw new Error('too long for this encoder');
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
}

/** The block of a sound GET request, and more fields behind it. */
export function requestBlock(...fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat([
    Buffer.from([0x82, 0x86, 0x84]),
    literal(':authority', 'a'),
    ...fields.map(([n, v]) => literal(n, v)),
  ]);
}

/** A server whose client has sent its preface and empty SETTINGS; its first output is taken. */
export function startedServer(limits: Partial<Http2Limits> = {}): Side {
  const server = new Side('server', limits);
  server.receive(PREFACE, frame(SETTINGS, 0, 0));
  server.take();
  return server;
}

/** Client and server, wired to each other; `pump` moves bytes until there are none. */
export class Pair {
  readonly client: Side;
  readonly server: Side;
  /** Cuts what moves into chunks. */
  cut: (bytes: Buffer) => Buffer[] = bytes => [bytes];

  constructor(limits: Partial<Http2Limits> = {}) {
    const lists = new HeaderListPool();
    this.client = new Side('client', limits, lists);
    this.server = new Side('server', limits, lists);
    this.pump();
  }

  pump(): void {
    for (;;) {
      const up = this.client.take();
      if (up.length > 0) this.server.receive(...this.cut(up));
      const down = this.server.take();
      if (down.length > 0) this.client.receive(...this.cut(down));
      if (up.length + down.length === 0) return;
    }
  }
}

/** Sends all of `body` on a stream, as windows allow. */
export function sendAll(
  recorder: Recorder,
  stream: Http2Stream,
  body: Buffer,
  onSent: (() => void) | null = null,
): void {
  let sent = 0;
  const more = () => {
    sent += stream.sendData(body, sent, body.length, onSent === null);
    if (sent === body.length) onSent?.();
  };
  recorder.onWritableDo = more;
  more();
}

export { ErrorCode };
