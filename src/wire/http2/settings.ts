// SPDX-License-Identifier: Apache-2.0

import type { Output } from '../output/output.ts';
import { ErrorCode } from './error-code.ts';
import { MAX_31_BITS, MAX_FRAME_BYTES, PREFACE, readUint32, SETTINGS, WINDOW_UPDATE } from './frame.ts';
import type { Http2Limits } from './limits.ts';
import { writeFrameHeader } from './write-frame.ts';

/** Identifiers (RFC 9113 §6.5.2). */
const HEADER_TABLE_SIZE = 1;
const ENABLE_PUSH = 2;
const MAX_CONCURRENT_STREAMS = 3;
const INITIAL_WINDOW_SIZE = 4;
const MAX_FRAME_SIZE = 5;
const MAX_HEADER_LIST_SIZE = 6;
/** RFC 8441 §3. */
const ENABLE_CONNECT_PROTOCOL = 8;

/** The window before any SETTINGS. */
export const DEFAULT_WINDOW_BYTES = 65_535;
/** Of header lists, before the peer has named any. */
export const NO_LIMIT: number = Number.POSITIVE_INFINITY;
/** What a client assumes before it has seen the server's limit: the least that RFC 9113 §6.5.2 advises servers to allow. */
const ASSUMED_CONCURRENT_STREAMS = 100;

/** What the peer told us, or the defaults. */
export class PeerSettings {
  headerTableBytes = 4096;
  maxConcurrentStreams = ASSUMED_CONCURRENT_STREAMS;
  initialWindowBytes = DEFAULT_WINDOW_BYTES;
  maxFrameBytes = MAX_FRAME_BYTES;
  maxHeaderListBytes: number = NO_LIMIT;
  /** It takes extended CONNECT (server only). */
  takesExtendedConnect = false;
  /** The first SETTINGS came. */
  isKnown = false;

  /** Applies the payload of one SETTINGS frame. Returns the error code to fail with, or NO_ERROR. */
  apply(payload: Buffer, start: number, end: number, role: 'server' | 'client'): number {
    if (!this.isKnown) this.maxConcurrentStreams = MAX_31_BITS;
    this.isKnown = true;
    for (let at = start; at < end; at += 6) {
      const id = ((payload[at] as number) << 8) | (payload[at + 1] as number);
      const error = this.#set(id, readUint32(payload, at + 2), role);
      if (error !== ErrorCode.NO_ERROR) return error;
    }
    return ErrorCode.NO_ERROR;
  }

  #set(id: number, value: number, role: 'server' | 'client'): number {
    switch (id) {
      case HEADER_TABLE_SIZE:
        this.headerTableBytes = value;
        break;
      case ENABLE_PUSH:
        // A server may not offer to take pushes (§6.5.2).
        if (value > (role === 'client' ? 0 : 1)) return ErrorCode.PROTOCOL_ERROR;
        break;
      case MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        break;
      case INITIAL_WINDOW_SIZE:
        if (value > MAX_31_BITS) return ErrorCode.FLOW_CONTROL_ERROR;
        this.initialWindowBytes = value;
        break;
      case MAX_FRAME_SIZE:
        if (value < MAX_FRAME_BYTES || value > 0xff_ffff) return ErrorCode.PROTOCOL_ERROR;
        this.maxFrameBytes = value;
        break;
      case MAX_HEADER_LIST_SIZE:
        this.maxHeaderListBytes = value;
        break;
      case ENABLE_CONNECT_PROTOCOL:
        // Once offered it stays so (RFC 8441 §3).
        if (value > 1 || (value === 0 && this.takesExtendedConnect)) return ErrorCode.PROTOCOL_ERROR;
        this.takesExtendedConnect = value === 1;
        break;
      default:
        break; // unknown ones are ignored (§6.5.2)
    }
    return ErrorCode.NO_ERROR;
  }
}

/** Writes our first bytes (RFC 9113 §3.4): the preface (client role), SETTINGS, and the connection's window. */
export function writePreamble(output: Output, role: 'server' | 'client', limits: Http2Limits): void {
  output.room(PREFACE.length + 64);
  if (role === 'client') output.at += PREFACE.copy(output.buffer, output.at);
  writeFrameHeader(output, role === 'client' ? 18 : 24, SETTINGS, 0, 0);
  if (role === 'client') writeSetting(output, ENABLE_PUSH, 0);
  else {
    writeSetting(output, MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams);
    writeSetting(output, ENABLE_CONNECT_PROTOCOL, 1);
  }
  writeSetting(output, INITIAL_WINDOW_SIZE, limits.streamWindowBytes);
  writeSetting(output, MAX_HEADER_LIST_SIZE, limits.maxHeaderListBytes);
  if (limits.connectionWindowBytes <= DEFAULT_WINDOW_BYTES) return;
  writeFrameHeader(output, 4, WINDOW_UPDATE, 0, 0);
  output.uint32(limits.connectionWindowBytes - DEFAULT_WINDOW_BYTES);
}

function writeSetting(output: Output, id: number, value: number): void {
  output.buffer[output.at++] = id >> 8;
  output.buffer[output.at++] = id;
  output.uint32(value);
}
