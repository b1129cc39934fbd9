// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import { HeaderListPool } from '../head/header-list-pool.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { StreamEnd } from '../message/end-reason.ts';
import type { MessageConnectionEvents } from '../message/message-connection.ts';
import type { MessageEvents, MessageStream } from '../message/message-stream.ts';
import { head, Recorder } from '../message/recorder.test-support.ts';
import { Http1ClientConnection } from './client-connection.ts';
import { HeadMemory } from './head-memory.ts';
import { DEFAULT_HTTP1_LIMITS, type Http1Limits } from './limits.ts';
import { Http1ServerConnection } from './server-connection.ts';

export const OK: HeaderList = head({ ':status': '200', 'content-type': 'text/plain' });
export const GET: HeaderList = head({ ':method': 'GET', ':scheme': 'http', ':authority': 'a.example', ':path': '/' });
export const POST: HeaderList = head({ ':method': 'POST', ':scheme': 'http', ':authority': 'a.example', ':path': '/' });

/** What a connection told its owner. */
class OwnerLog implements MessageConnectionEvents {
  readonly streams: Recorder[] = [];
  readonly log: string[] = [];
  readonly refused: { why: string; partial: HeaderList }[] = [];
  /** Memory of input that waits. */
  held = 0;
  /** Done with each new stream of a server. */
  prepare: ((recorder: Recorder) => void) | null = null;

  onStream(): MessageEvents {
    const recorder = new Recorder();
    this.streams.push(recorder);
    this.prepare?.(recorder);
    return recorder;
  }
  onOutput(): void {}
  onInputWanted(wanted: boolean): void {
    this.log.push(wanted ? 'input wanted' : 'input not wanted');
  }
  onHeldInput(change: number): void {
    this.held += change;
  }
  onGoingAway(): void {}
  onCapacity(): void {
    this.log.push('capacity');
  }
  onRefusedHead(why: 'oversized' | 'malformed', partial: HeaderList): void {
    this.refused.push({ why, partial });
  }
  onDedicated(): void {
    this.log.push('dedicated');
  }
  onOutputEnded(): void {
    this.log.push('output ended');
  }
  onFinished(): void {
    this.log.push('finished');
  }
  onFatal({ reason }: StreamEnd): void {
    this.log.push(`fatal ${reason}`);
  }
}

abstract class Side {
  readonly owner: OwnerLog = new OwnerLog();
  abstract readonly connection: Http1ServerConnection | Http1ClientConnection;

  /** All output so far. */
  take(): string {
    const chunks: Buffer[] = [];
    this.connection.takeOutput({ write: chunk => void chunks.push(Buffer.from(chunk)) });
    return Buffer.concat(chunks).toString('latin1');
  }

  receive(...texts: (string | Buffer)[]): void {
    for (const text of texts) {
      // As a socket reads: into a buffer that is larger and holds other bytes after the call.
      const buffer = Buffer.alloc(text.length + 4, '\r\n');
      if (typeof text === 'string') buffer.write(text, 'latin1');
      else text.copy(buffer);
      this.connection.receive(buffer, 0, text.length);
      buffer.fill('\n');
    }
  }

  get isFinished(): boolean {
    return this.owner.log.includes('finished');
  }

  get fatal(): string | null {
    return this.owner.log.find(entry => entry.startsWith('fatal '))?.slice(6) ?? null;
  }
}

export function newMemory(): HeadMemory {
  return new HeadMemory(new HeaderListPool());
}

/** What every refusal is dated. */
export const DATE = 'Thu, 26 Nov 2026 10:00:00 GMT';

export class ServerSide extends Side {
  readonly connection: Http1ServerConnection;

  constructor(limits: Partial<Http1Limits> = {}, memory: HeadMemory = newMemory(), scheme: 'http' | 'https' = 'http') {
    super();
    this.connection = new Http1ServerConnection({
      events: this.owner,
      limits: { ...DEFAULT_HTTP1_LIMITS, ...limits },
      memory,
      scheme,
      date: { now: () => DATE },
    });
  }

  get streams(): readonly Recorder[] {
    return this.owner.streams;
  }

  /**
   * Answers each request with `OK` and the body: one in chunks when it is whole, since whether the connection goes on behind an answer to a
   * part of it depends on what came in one read; others at once.
   */
  answerAll(body = ''): void {
    this.owner.prepare = recorder => {
      const answerIt = (stream: MessageStream) => answer(stream, body);
      recorder.onHeadDo = stream => {
        if (Number.isFinite(this.connection.body.leftBytes)) answerIt(stream);
        else recorder.onWholeDo = answerIt;
      };
    };
  }

  last(): Recorder {
    const recorder = this.streams.at(-1);
    if (recorder === undefined) throw new Error('no stream yet');
    return recorder;
  }

  lastStream(): MessageStream {
    const { stream } = this.last();
    if (stream === null) throw new Error('no head yet');
    return stream;
  }
}

export class ClientSide extends Side {
  readonly connection: Http1ClientConnection;

  constructor(limits: Partial<Http1Limits> = {}, memory: HeadMemory = newMemory()) {
    super();
    this.connection = new Http1ClientConnection({
      events: this.owner,
      limits: { ...DEFAULT_HTTP1_LIMITS, ...limits },
      memory,
      random: () => 0,
    });
  }

  /** A stream with its head sent. */
  open(list: HeaderList = GET, end = true, fields: VolatileFields = null): Recorder & { stream: MessageStream } {
    const recorder = new Recorder();
    const stream = this.connection.openStream(recorder);
    if (stream === null) throw new Error('no capacity');
    stream.sendHead(list, fields, end);
    return Object.assign(recorder, { stream });
  }
}

export function answer(stream: MessageStream, body = ''): void {
  const bytes = Buffer.from(body, 'latin1');
  stream.sendHead(OK, ['content-length', String(bytes.length)], bytes.length === 0);
  if (bytes.length > 0) stream.sendData(bytes, 0, bytes.length, true);
}
