// SPDX-License-Identifier: Apache-2.0

import type { TLSSocket } from 'node:tls';
import type { SocketLoop } from './socket-loop.ts';

/**
 * Of both sides, within an interval: a peer that asks for ours has two for each of its own. Honest peers change keys once in millions of records, and
 * give a session ticket or two for each connection, which count as much.
 */
const MAX_KEY_CHANGES = 64;
const KEY_CHANGES_INTERVAL_MS = 10_000;

interface ReadingHandle {
  /** By Node's own name: libuv asks the kernel for no more, also within a row of reads that it has begun. */
  readonly _handle?: { readStop?(): unknown } | null;
}

interface Changes {
  count: number;
  sinceMs: number;
}

/**
 * Finds peers that change the keys of TLS without end (RFC 8446 §4.6.3), do handshake after handshake (TLS 1.2), or give ticket after ticket
 * (§4.6.1). OpenSSL does by itself whatever is asked, 9 µs for a record of 27 bytes and 11 µs for a ticket of 41, and no data shows it: the lines
 * meant for a log of keys do, and are used for nothing else. Reading stops at once, so that a flood costs what one read of 64 KiB brings.
 * A connection that changes no keys, as nearly all, costs a listener.
 */
export class KeyChanges {
  readonly #loop: SocketLoop;
  readonly #onFlood: (socket: TLSSocket) => void;
  readonly #changes = new WeakMap<TLSSocket, Changes>();
  readonly #onChange: (this: TLSSocket) => void;

  /** `onFlood` is called once for a connection, in another turn of the event loop, to end it. */
  constructor(loop: SocketLoop, onFlood: (socket: TLSSocket) => void) {
    this.#loop = loop;
    this.#onFlood = onFlood;
    const count = (socket: TLSSocket): void => this.#count(socket);
    this.#onChange = function (): void {
      count(this);
    };
  }

  /** From the end of its handshake. */
  watchClient(socket: TLSSocket): void {
    socket.on('keylog', this.#onChange);
  }

  /** As above; servers give tickets, too. */
  watchServer(socket: TLSSocket): void {
    socket.on('keylog', this.#onChange);
    socket.on('session', this.#onChange);
  }

  #count(socket: TLSSocket): void {
    const changes = this.#changesOf(socket);
    if (changes.count > MAX_KEY_CHANGES) return;
    this.#loop.refresh();
    const { nowMs } = this.#loop;
    if (nowMs - changes.sinceMs >= KEY_CHANGES_INTERVAL_MS) {
      changes.count = 0;
      changes.sinceMs = nowMs;
    }
    changes.count += 1;
    if (changes.count <= MAX_KEY_CHANGES) return;
    (socket as ReadingHandle)._handle?.readStop?.();
    // Not here: OpenSSL is within a read of this connection.
    setImmediate(this.#onFlood, socket);
  }

  #changesOf(socket: TLSSocket): Changes {
    const known = this.#changes.get(socket);
    if (known !== undefined) return known;
    const changes = { count: 0, sinceMs: this.#loop.nowMs };
    this.#changes.set(socket, changes);
    return changes;
  }
}
