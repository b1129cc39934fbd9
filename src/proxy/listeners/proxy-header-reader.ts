// SPDX-License-Identifier: Apache-2.0

/**
 * Reads what a load balancer says of a connection before anything else. Whether it says something is not guessed: from those that the
 * Gateway names it must come, and a connection without it ends (PROXY protocol §2, "must not try to guess").
 */
import type { Socket } from 'node:net';
import { readProxyHeader } from '../../wire/index.ts';
import type { Serving } from '../http/index.ts';
import { FirstBytes, tellClient } from '../io/index.ts';
import { HEAD_TIMEOUT_MS } from './owed-input.ts';

export class ProxyHeaderReader extends FirstBytes {
  readonly #serving: Serving;
  readonly #onRead: (rest: Buffer | null) => void;

  /** `onRead`: what the socket brought after the header, which is not to be kept; null: nothing. */
  constructor(socket: Socket, serving: Serving, onRead: (rest: Buffer | null) => void) {
    super(socket, serving, HEAD_TIMEOUT_MS);
    this.#serving = serving;
    this.#onRead = onRead;
  }

  protected judge(bytes: Buffer): boolean {
    const read = readProxyHeader(bytes);
    switch (read.kind) {
      case 'incomplete':
        return false;
      case 'read':
        if (read.header.kind === 'proxied') tellClient(this.socket, read.header);
        this.#onRead(read.length < bytes.length ? bytes.subarray(read.length) : null);
        return true;
      case 'absent':
      case 'malformed':
        this.#refuse(read.kind, read.kind === 'absent' ? 'there is none' : read.reason);
        this.socket.destroy();
        return true;
    }
  }

  protected onGone(reason: 'timeout' | 'closed'): void {
    this.#refuse(reason, reason === 'timeout' ? 'it did not come in time' : 'the connection ended before it came');
  }

  #refuse(outcome: 'absent' | 'malformed' | 'timeout' | 'closed', why: string): void {
    const { metrics, debug } = this.#serving;
    metrics.count('daemun_proxy_headers_refused_total', { outcome });
    if (debug.isOn) debug.say('PROXY header refused', { peer: this.socket.remoteAddress ?? 'unknown', why });
  }
}
