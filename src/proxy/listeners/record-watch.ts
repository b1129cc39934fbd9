// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SocketLoop, WheelTimer } from '../io/index.ts';

/** While connections bring anything, they are looked at this often. */
const LOOK_MS = 1_000;
/** After a look at which none had brought anything, so that an idle thread may sleep. */
const QUIET_LOOK_MS = 3_000;
/** TLS records that brought no data, between two looks: 2,400 key updates, some 25 ms of CPU time. Clients update their keys once in millions of records. */
const MAX_VOID_BYTES = 65_536;
/** Answers of TLS itself, to key updates, that the client does not read. */
const MAX_UNREAD_ANSWER_BYTES = 65_536;
/** Bytes of records that a byte of data may take: a record of one byte is 23 to 30. */
const BYTES_PER_DATA_BYTE = 32;

/** A connection, and its counters as they were at the last look. */
interface Watched {
  /** Below `socket`: counts records. */
  readonly raw: Socket;
  /** Counts data. */
  readonly socket: TLSSocket;
  recordBytes: number;
  dataBytes: number;
}

/**
 * Finds clients whose TLS brings work and no data. OpenSSL does what a key update (RFC 8446 §4.6.3) asks for by itself and without end, and Node tells
 * nobody: only the counters of the two sockets show it. What a flood costs within one turn of the event loop cannot be bounded here: libuv reads up
 * to 2 MiB of a socket before anything else runs, some 0.7 s of key updates.
 *
 * Each look costs two counters of each connection. Owns its timer, which runs for as long as there are connections.
 */
export class RecordWatch implements WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #loop: SocketLoop;
  readonly #onFlood: () => void;
  readonly #watched: Watched[] = [];

  /** `onFlood`: a connection is ended for it. */
  constructor(loop: SocketLoop, onFlood: () => void) {
    this.#loop = loop;
    this.#onFlood = onFlood;
  }

  /** From the end of its handshake until it is closed. */
  watch(raw: Socket, socket: TLSSocket): void {
    this.#watched.push({ raw, socket, recordBytes: raw.bytesRead, dataBytes: socket.bytesRead });
    if (this.wheelNext === null) this.#loop.connectionTimers.arm(this, this.#loop.nowMs + LOOK_MS);
  }

  onTimer(nowMs: number): void {
    const watched = this.#watched;
    let left = 0;
    let isQuiet = true;
    for (const each of watched) {
      if (each.socket.destroyed) continue;
      watched[left++] = each;
      if (each.raw.bytesRead === each.recordBytes) continue;
      isQuiet = false;
      if (!isFlood(each)) continue;
      this.#onFlood();
      each.socket.destroy();
    }
    watched.length = left;
    if (left > 0) this.#loop.connectionTimers.arm(this, nowMs + (isQuiet ? QUIET_LOOK_MS : LOOK_MS));
  }
}

function isFlood(watched: Watched): boolean {
  const recordBytes = watched.raw.bytesRead;
  const dataBytes = watched.socket.bytesRead;
  const voidBytes = recordBytes - watched.recordBytes - BYTES_PER_DATA_BYTE * (dataBytes - watched.dataBytes);
  watched.recordBytes = recordBytes;
  watched.dataBytes = dataBytes;
  return voidBytes > MAX_VOID_BYTES || unreadAnswerBytes(watched.socket) > MAX_UNREAD_ANSWER_BYTES;
}

interface WithHandle {
  /** By Node's own name: what is encrypted and not written. */
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/** What is encrypted and waits, beside what was given to the socket: that is the writer's to bound. */
function unreadAnswerBytes(socket: TLSSocket): number {
  const encryptedBytes = (socket as WithHandle)._handle?.writeQueueSize ?? 0;
  return encryptedBytes === 0 ? 0 : encryptedBytes - 2 * socket.writableLength;
}
