// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { nodeTls } from '../../node/index.ts';
import type { ClientValidation } from '../../snapshot/index.ts';
import type { SocketLoop, WheelTimer } from '../io/index.ts';
import { isMissingCertificate, isProven, proofError } from './client-proof.ts';
import type { Unfinished } from './unfinished-handshakes.ts';

/** Names of protocols as they are sent (RFC 7301 §3.1), each of 1 to 255 characters. */
export function protocolNames(names: readonly string[]): Buffer {
  return Buffer.from(names.map(name => String.fromCharCode(name.length) + name).join(''), 'latin1');
}

/** A list of names would be encoded anew for each connection. */
export const REQUEST_PROTOCOLS: Buffer = protocolNames(['h2', 'http/1.1']);

/** `unproven`: the client did not show the certificate that it must. */
type HandshakeOutcome = 'secure' | 'failed' | 'timeout' | 'unproven';

/** Called once, with the socket when it is secure. `error`: what OpenSSL says, if it does. */
export type HandshakeEnd = (outcome: HandshakeOutcome, socket: TLSSocket, error: Error | null) => void;

/** What clients must show of themselves; null: they are not asked. */
type Wanted = ClientValidation['certificate'] | null;

/**
 * One handshake, after its ClientHello was read: `node:tls` on the raw handle. The time limit is for the whole of it, so a
 * client that sends a byte now and then does not stretch it. Owns the socket until it is secure; else destroys it.
 *
 * A `TLSSocket` of its own rather than a `tls.Server`: the context follows from our reading of the ClientHello alone, so that no
 * resumed session can bring the name or the keys of another listener, and each connection does without the certificate
 * callback (a round through the event loop) and a server's options.
 */
export class TlsHandshake implements WheelTimer, Unfinished {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #loop: SocketLoop;
  readonly #socket: TLSSocket;
  readonly #onEnd: HandshakeEnd;
  readonly #wanted: Wanted;
  #error: Error | null = null;

  constructor(
    raw: Socket,
    options: {
      readonly context: SecureContext;
      /** What is agreed to, as it is sent; null: nothing. */
      readonly alpn: Buffer | null;
      readonly loop: SocketLoop;
      readonly timeoutMs: number;
      readonly wanted: Wanted;
      readonly onEnd: HandshakeEnd;
    },
  ) {
    this.#loop = options.loop;
    this.#onEnd = options.onEnd;
    this.#wanted = options.wanted;
    const socket = new (nodeTls().TLSSocket)(raw, {
      isServer: true,
      secureContext: options.context,
      // `rejectUnauthorized` lets OpenSSL refuse who shows nothing; what is shown is judged in `#onSecure`.
      requestCert: this.#wanted !== null,
      rejectUnauthorized: this.#wanted === 'required',
      ...(options.alpn === null ? {} : { ALPNProtocols: options.alpn }),
    });
    this.#socket = socket;
    // A connection error (RFC 9113 §9.2.1), not OpenSSL's no_renegotiation: that answers each try, and what the client does
    // not read of it would pile up.
    socket.disableRenegotiation();
    socket.on('secure', this.#onSecure);
    socket.on('close', this.#onClose);
    // What breaks the TLS of an open connection comes as this event; without a listener nothing would end it.
    socket.on('_tlsError', destroy);
    socket.prependListener('_tlsError', this.#onTlsError);
    socket.on('error', ignore);
    this.#loop.connectionTimers.arm(this, this.#loop.nowMs + options.timeoutMs);
  }

  onTimer(): void {
    this.#finish('timeout');
    this.#socket.destroy();
  }

  giveUp(): void {
    this.#finish('failed');
    this.#socket.destroy();
  }

  readonly #onSecure = (): void => {
    if (this.#wanted !== 'required' || isProven(this.#socket)) {
      if (this.#wanted === 'wanted' && !isProven(this.#socket)) forgive(this.#socket);
      this.#finish('secure');
      return;
    }
    this.#error = proofError(this.#socket);
    this.#finish('unproven');
    this.#socket.destroy();
  };

  readonly #onTlsError = (error: Error): void => {
    this.#error = error;
  };

  readonly #onClose = (): void => {
    const isMissing = this.#wanted === 'required' && this.#error !== null && isMissingCertificate(this.#error);
    this.#finish(isMissing ? 'unproven' : 'failed');
  };

  #finish(outcome: HandshakeOutcome): void {
    const socket = this.#socket;
    this.#loop.connectionTimers.disarm(this);
    socket.off('secure', this.#onSecure);
    socket.off('close', this.#onClose);
    socket.off('_tlsError', this.#onTlsError);
    this.#loop.refresh();
    this.#onEnd(outcome, socket, this.#error);
  }
}

function destroy(this: TLSSocket): void {
  this.destroy();
}

/** By Node's own name. */
interface ToldSocket extends TLSSocket {
  /** An error was told: no other one will be. */
  _hadError?: boolean;
}

/**
 * A signature that failed leaves an error behind in OpenSSL, which is told as one of the connection at the end of this read,
 * though nothing of that is broken. What breaks later is to be told again.
 */
function forgive(socket: ToldSocket): void {
  socket.off('_tlsError', destroy);
  setImmediate(() => {
    socket._hadError = false;
    socket.on('_tlsError', destroy);
  });
}

/** What breaks a socket shows in 'close' too. */
function ignore(): void {}
