// SPDX-License-Identifier: Apache-2.0

import { HeaderList } from '../head/header-list.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { StreamEnd } from './end-reason.ts';
import type { MessageEvents, MessageStream } from './message-stream.ts';

/** A head of ours. */
export function head(fields: Readonly<Record<string, string>>): HeaderList {
  return new HeaderList(Object.keys(fields), Object.values(fields));
}

/** Writes down what a stream's user is told. */
export class Recorder implements MessageEvents {
  stream: MessageStream | null = null;
  head: HeaderList | null = null;
  fields: VolatileFields = null;
  trailers: HeaderList | null = null;
  readonly interim: HeaderList[] = [];
  readonly pieces: Buffer[] = [];
  upgraded: HeaderList | null = null;
  isEnded = false;
  end: StreamEnd | null = null;
  writable = 0;
  onHeadDo: ((stream: MessageStream) => void) | null = null;
  onWholeDo: ((stream: MessageStream) => void) | null = null;
  onWritableDo: ((stream: MessageStream) => void) | null = null;

  onHead(stream: MessageStream, list: HeaderList, fields: VolatileFields, end: boolean): void {
    this.stream = stream;
    this.head = list;
    this.fields = fields;
    this.isEnded = end;
    this.onHeadDo?.(stream);
  }
  onInformational(_stream: MessageStream, list: HeaderList): void {
    this.interim.push(list);
  }
  onUpgraded(_stream: MessageStream, list: HeaderList): void {
    this.upgraded = list;
  }
  onData(stream: MessageStream, chunk: Buffer, start: number, end: number, last: boolean): void {
    if (end > start) this.pieces.push(Buffer.from(chunk.subarray(start, end)));
    this.isEnded = last;
    if (last) this.onWholeDo?.(stream);
  }
  onTrailers(stream: MessageStream, trailers: HeaderList): void {
    this.trailers = trailers;
    this.isEnded = true;
    this.onWholeDo?.(stream);
  }
  onWritable(stream: MessageStream): void {
    this.writable++;
    this.onWritableDo?.(stream);
  }
  onEnded(_stream: MessageStream, end: StreamEnd): void {
    this.end = end;
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString('latin1');
  }

  /** The fields of the head, list and varying ones, but those that begin with ':'. */
  get regular(): Record<string, string> {
    const all: Record<string, string> = {};
    for (const [at, name] of (this.head?.names ?? []).entries()) {
      if (!name.startsWith(':')) all[name] = this.head?.values[at] ?? '';
    }
    for (let at = 0; this.fields !== null && at < this.fields.length; at += 2) {
      all[this.fields[at] ?? ''] = this.fields[at + 1] ?? '';
    }
    return all;
  }
}
