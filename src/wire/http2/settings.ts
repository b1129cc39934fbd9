// SPDX-License-Identifier: Apache-2.0

import { ErrorCode } from './error-code.ts';
import { MAX_31_BITS, MAX_FRAME_BYTES, readUint32 } from './frame.ts';

/** Identifiers (RFC 9113 §6.5.2). */
export const HEADER_TABLE_SIZE = 1;
export const ENABLE_PUSH = 2;
export const MAX_CONCURRENT_STREAMS = 3;
export const INITIAL_WINDOW_SIZE = 4;
export const MAX_FRAME_SIZE = 5;
export const MAX_HEADER_LIST_SIZE = 6;

/** The window before any SETTINGS. */
export const DEFAULT_WINDOW_BYTES = 65_535;
/** What a client assumes before it has seen the server's limit: the least that RFC 9113 §6.5.2 advises servers to allow. */
const ASSUMED_CONCURRENT_STREAMS = 100;

/** What the peer told us, or the defaults. */
export class PeerSettings {
  headerTableBytes = 4096;
  maxConcurrentStreams = ASSUMED_CONCURRENT_STREAMS;
  initialWindowBytes = DEFAULT_WINDOW_BYTES;
  maxFrameBytes = MAX_FRAME_BYTES;
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
      default:
        break; // unknown ones are ignored (§6.5.2)
    }
    return ErrorCode.NO_ERROR;
  }
}
