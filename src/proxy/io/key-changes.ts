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

/**
 * Calls `onFlood`, in another turn of the event loop and once, when the peer changes its keys without end (RFC 8446 §4.6.3), does handshake after
 * handshake (TLS 1.2), or gives ticket after ticket (§4.6.1). OpenSSL does by itself whatever is asked, 9 µs for a record of 27 bytes and 11 µs for a
 * ticket of 41, and no data shows it: the lines meant for a log of keys do, and are used for nothing else. Reading stops at once, so that a flood
 * costs what one read of 64 KiB brings. To be called when the handshake is over.
 */
export function limitKeyChanges(socket: TLSSocket, loop: SocketLoop, onFlood: () => void): void {
  let count = 0;
  let sinceMs = loop.nowMs;
  const onChange = (): void => {
    if (count > MAX_KEY_CHANGES) return;
    loop.refresh();
    if (loop.nowMs - sinceMs >= KEY_CHANGES_INTERVAL_MS) {
      count = 0;
      sinceMs = loop.nowMs;
    }
    count += 1;
    if (count <= MAX_KEY_CHANGES) return;
    (socket as ReadingHandle)._handle?.readStop?.();
    // Not here: OpenSSL is within a read of this connection.
    setImmediate(onFlood);
  };
  socket.on('keylog', onChange);
  // Of a client's socket alone.
  socket.on('session', onChange);
}
