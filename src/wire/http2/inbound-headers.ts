// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import { NO_EVENTS } from '../message/message-stream.ts';
import { BegunBlock } from './begun-block.ts';
import type { ConnectionCore } from './connection-core.ts';
import { ErrorCode } from './error-code.ts';
import { askedUpgrade, grantedUpgrade, withoutProof } from './extended-connect.ts';
import { IGNORED } from './flood-budget.ts';
import { END_HEADERS, END_STREAM, HAS_PRIORITY, PADDED, readUint31, SETTINGS } from './frame.ts';
import { isIdle } from './inbound-data.ts';
import {
  BODILESS,
  INTERIM,
  isExtendedConnect,
  isRequestHead,
  REQUEST_TRAILERS,
  RESPONSE,
  TRAILERS,
  traitsOf,
} from './message-validation.ts';
import { sendData } from './outbound.ts';
import { answerOversizedHead } from './oversized-head.ts';
import {
  ASKS_UPGRADE,
  CLOSED,
  HEAD_RECEIVED,
  Http2Stream,
  LOCAL_ENDED,
  NO_BODY,
  REMOTE_ENDED,
  type StreamConnection,
  TUNNEL,
} from './stream.ts';

const NOTHING = Buffer.alloc(0);

/** HEADERS and CONTINUATION (RFC 9113 §6.2, §6.10): joins blocks, decodes them, opens streams, checks messages. */
export class HeadersReceiver {
  readonly #connection: ConnectionCore & StreamConnection;
  /** The peer's first frame has come; it must be SETTINGS (§3.4). */
  #hasBegun = false;
  readonly #begun = new BegunBlock();
  #selfDependent = false;
  /** Highest id that was skipped, hence closed without ever being open. */
  #skippedId = 0;

  constructor(connection: ConnectionCore & StreamConnection) {
    this.#connection = connection;
  }

  /** The stream whose header block CONTINUATION frames go on with; 0: none. */
  get partialId(): number {
    return this.#begun.id;
  }

  /** Whether CONTINUATION frames are owed. */
  get isPartial(): boolean {
    return this.#begun.id !== 0;
  }

  /** Whether a frame other than HEADERS and CONTINUATION may come now; breaks the connection otherwise. */
  isExpected(type: number): boolean {
    if (this.isPartial) {
      this.#connection.fail(ErrorCode.PROTOCOL_ERROR, 'a header block was interrupted');
      return false;
    }
    if (this.#hasBegun) return true;
    this.#hasBegun = true;
    if (type === SETTINGS) return true;
    this.#connection.fail(ErrorCode.PROTOCOL_ERROR, 'the first frame is not SETTINGS');
    return false;
  }

  onHeaders(flags: number, id: number, chunk: Buffer, from: number, to: number): void {
    const connection = this.#connection;
    if (!this.#hasBegun || this.isPartial) {
      this.isExpected(-1);
      return;
    }
    if ((id & 1) === 0) {
      connection.fail(ErrorCode.PROTOCOL_ERROR, 'HEADERS on a stream id of the wrong side');
      return;
    }
    let start = from;
    let end = to;
    this.#selfDependent = false;
    if (flags & (PADDED | HAS_PRIORITY)) {
      if (flags & PADDED) end -= start < to ? (chunk[start++] as number) : 1;
      if (flags & HAS_PRIORITY) {
        if (start + 5 <= to) this.#selfDependent = readUint31(chunk, start) === id;
        start += 5;
      }
      if (start > end) {
        connection.fail(ErrorCode.PROTOCOL_ERROR, 'HEADERS has more padding than payload');
        return;
      }
    }
    if (flags & END_HEADERS) {
      this.#onBlock(flags, id, chunk, start, end);
      return;
    }
    this.#begun.begin(id, flags);
    connection.heldInputBytes += this.#begun.add(chunk, start, end);
  }

  onContinuation(flags: number, id: number, chunk: Buffer, start: number, end: number): void {
    const connection = this.#connection;
    const begun = this.#begun;
    if (id === 0 || begun.id !== id) {
      connection.fail(ErrorCode.PROTOCOL_ERROR, 'CONTINUATION of nothing');
      return;
    }
    connection.heldInputBytes += begun.add(chunk, start, end);
    const { maxContinuationFrames, maxHeaderBlockBytes } = connection.limits;
    if (begun.frames > maxContinuationFrames + 1) {
      connection.calm('too many CONTINUATION frames');
      return;
    }
    if (begun.bytes > maxHeaderBlockBytes) {
      connection.calm('header block too large');
      return;
    }
    if ((flags & END_HEADERS) === 0) return;
    connection.heldInputBytes -= begun.heldBytes;
    const block = begun.take();
    this.#onBlock(begun.flags, id, block, 0, block.length);
  }

  #onBlock(flags: number, id: number, block: Buffer, start: number, end: number): void {
    const { decoder } = this.#connection;
    if (decoder.decode(block, start, end)) this.#onDecoded(flags, id);
    else this.#connection.fail(ErrorCode.COMPRESSION_ERROR, 'header block cannot be decoded');
    decoder.letGo();
  }

  #onDecoded(flags: number, id: number): void {
    const connection = this.#connection;
    const endStream = (flags & END_STREAM) !== 0;
    const stream = connection.streams.get(id);
    if (stream === undefined) {
      if (connection.role === 'server' && id > connection.lastPeerId) this.#onRequest(id, endStream);
      else this.#onStray(id);
    } else if (this.#selfDependent) connection.failStream(stream, ErrorCode.PROTOCOL_ERROR);
    else if (stream.flags & REMOTE_ENDED) connection.failStream(stream, ErrorCode.STREAM_CLOSED);
    else if (stream.flags & HEAD_RECEIVED) this.#onTrailers(stream, endStream);
    else this.#onResponse(stream, endStream);
  }

  #onRequest(id: number, endStream: boolean): void {
    const connection = this.#connection;
    const { decoder, limits } = connection;
    if (id > connection.lastPeerId + 2) this.#skippedId = id - 2;
    connection.lastPeerId = id;
    if (id > connection.goawayId || connection.activeStreams >= limits.maxConcurrentStreams) {
      connection.refuse(id, ErrorCode.REFUSED_STREAM);
      if (id <= connection.goawayId) connection.events.onRefusedStream?.();
      return;
    }
    const list = decoder.list;
    const isWrong = decoder.malformed || this.#selfDependent || (endStream && decoder.contentLength > 0);
    const isRequest = !isWrong && (list === null || isRequestHead(list, decoder.path));
    const isUpgrade = isRequest && list !== null && isExtendedConnect(list);
    if (!isRequest || (isUpgrade && !mayAsk(endStream, decoder.contentLength))) {
      connection.refuse(id, ErrorCode.PROTOCOL_ERROR);
      connection.events.onRefusedHead?.('malformed', list ?? decoder.partialList());
      return;
    }
    const stream = new Http2Stream(
      connection,
      id,
      NO_EVENTS,
      connection.peer.initialWindowBytes,
      limits.streamWindowBytes,
    );
    stream.expectedBytes = decoder.contentLength;
    stream.flags = HEAD_RECEIVED | (endStream ? REMOTE_ENDED : 0) | (isUpgrade ? TUNNEL : 0);
    connection.activeStreams++;
    connection.streams.add(stream);
    if (list === null) {
      answerOversizedHead(connection, stream);
      return;
    }
    const fields = decoder.fields;
    stream.events = connection.events.onStream(stream);
    if (isUpgrade) stream.events.onHead(stream, askedUpgrade(list, connection.lists), withoutProof(fields), endStream);
    else stream.events.onHead(stream, list, fields, endStream);
  }

  /** A block on a stream that is not open and cannot be opened. */
  #onStray(id: number): void {
    const connection = this.#connection;
    if (isIdle(connection, id) || id <= this.#skippedId) {
      connection.fail(ErrorCode.PROTOCOL_ERROR, 'HEADERS on a stream id out of order');
      return;
    }
    // A client's own streams: the server answered before it knew that the client gave up.
    if (connection.role === 'client' || connection.resets.has(id)) return;
    if (connection.resets.hasForgotten) {
      connection.refuse(id, ErrorCode.STREAM_CLOSED);
      return;
    }
    connection.fail(ErrorCode.STREAM_CLOSED, 'HEADERS on a closed stream');
  }

  #onResponse(stream: Http2Stream, endStream: boolean): void {
    const connection = this.#connection;
    const { decoder } = connection;
    connection.hasAnswered = true;
    const list = this.#soundList(stream, RESPONSE);
    if (list === null) return;
    const traits = traitsOf(list);
    const fields = decoder.fields;
    if (traits & INTERIM) {
      if (endStream) {
        connection.failStream(stream, ErrorCode.PROTOCOL_ERROR);
        return;
      }
      if (connection.spend(IGNORED, 'too many interim responses')) stream.events.onInformational(stream, list, fields);
      return;
    }
    if (stream.flags & ASKS_UPGRADE && this.#onUpgraded(stream, list, endStream)) return;
    const hasNoBody = (stream.flags & NO_BODY) !== 0 || (traits & BODILESS) !== 0;
    stream.expectedBytes = hasNoBody ? 0 : decoder.contentLength;
    if (endStream && stream.expectedBytes > 0) {
      connection.failStream(stream, ErrorCode.PROTOCOL_ERROR);
      return;
    }
    stream.flags |= HEAD_RECEIVED;
    if (endStream) this.#end(stream);
    stream.events.onHead(stream, list, fields, endStream);
  }

  /** False: it was not granted, and this is an answer as any other, to a request that was whole with its head. */
  #onUpgraded(stream: Http2Stream, list: HeaderList, endStream: boolean): boolean {
    const connection = this.#connection;
    stream.flags &= ~ASKS_UPGRADE;
    if (!isGrant(list)) {
      sendData(connection, stream, NOTHING, 0, 0, true);
      return false;
    }
    const fields = withoutProof(connection.decoder.fields);
    stream.flags |= HEAD_RECEIVED | TUNNEL;
    stream.events.onUpgraded?.(stream, grantedUpgrade(list, connection.lists), fields);
    if (!endStream || (stream.flags & CLOSED) !== 0) return true;
    this.#end(stream);
    stream.events.onData(stream, NOTHING, 0, 0, true);
    return true;
  }

  #onTrailers(stream: Http2Stream, endStream: boolean): void {
    if (stream.flags & TUNNEL) {
      this.#connection.failStream(stream, ErrorCode.PROTOCOL_ERROR);
      return;
    }
    const isServer = this.#connection.role === 'server';
    const list = this.#soundList(stream, isServer ? REQUEST_TRAILERS : TRAILERS);
    if (list === null) return;
    const isFramed = isServer && this.#connection.decoder.contentLength >= 0;
    if (!endStream || isFramed || stream.expectedBytes > 0) {
      this.#connection.failStream(stream, ErrorCode.PROTOCOL_ERROR);
      return;
    }
    const fields = this.#connection.decoder.fields;
    this.#end(stream);
    stream.events.onTrailers(stream, list, fields);
  }

  /** The decoded list when it is one of `kind`; otherwise null, and the stream has failed. */
  #soundList(stream: Http2Stream, kind: number): HeaderList | null {
    const { list, malformed, path } = this.#connection.decoder;
    if (list !== null && !malformed && path === null && traitsOf(list) & kind) return list;
    this.#connection.failStream(stream, list === null ? ErrorCode.ENHANCE_YOUR_CALM : ErrorCode.PROTOCOL_ERROR);
    return null;
  }

  #end(stream: Http2Stream): void {
    stream.flags |= REMOTE_ENDED;
    if (stream.flags & LOCAL_ENDED) this.#connection.finishStream(stream);
  }
}

/** What is behind the head of an extended CONNECT has no length and is not over yet (RFC 9110 §9.3.6). */
function mayAsk(endStream: boolean, contentLength: number): boolean {
  return !endStream && contentLength < 0;
}

/** 2xx (RFC 8441 §5.1). */
function isGrant(list: HeaderList): boolean {
  return list.get(':status')?.startsWith('2') === true;
}
