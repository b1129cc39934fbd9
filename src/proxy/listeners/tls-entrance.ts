// SPDX-License-Identifier: Apache-2.0

/**
 * From a new TCP connection to a TLS one: the ClientHello is read first, so that a server name that no listener takes is
 * refused with an alert before any cryptography is done; then `node:tls` takes over.
 */
import type { Socket } from 'node:net';
import { createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import type { CompiledBinding, CompiledListener } from '../../match/index.ts';
import type { Serving } from '../http/serving.ts';
import { readClientHello } from './client-hello.ts';
import { FirstBytes } from './first-bytes.ts';
import { CLEARTEXT_REFUSAL } from './http1-refusal.ts';
import { guessProtocol } from './protocol-guess.ts';
import { SESSION_TIMEOUT_SECONDS, type TlsContexts } from './tls-contexts.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Record: alert (21), TLS 1.2, two bytes: fatal (2), unrecognized_name (112). RFC 6066 §3. */
const UNRECOGNIZED_NAME = Buffer.from([21, 3, 3, 0, 2, 2, 112]);
/** As above: internal_error (80), for a listener whose certificates cannot be used. */
const INTERNAL_ERROR = Buffer.from([21, 3, 3, 0, 2, 2, 80]);

/** Who gets the sockets. */
export interface TlsOwner {
  readonly serving: Serving;
  /** The binding as it is now. */
  readonly compiled: CompiledBinding;
  /** `isHttp2`: agreed on by ALPN; else the first bytes decide. */
  onSecure(socket: TLSSocket, entered: CompiledListener, isHttp2: boolean): void;
  /** The handshake begins: `socket` is no longer the owner's. */
  onHello(socket: Socket): void;
}

type HandshakeResult = 'ok' | 'resumed' | 'failed' | 'timeout' | 'unrecognized_name' | 'no_certificate' | 'not_tls';

export class TlsEntrance {
  readonly #owner: TlsOwner;
  readonly #contexts: TlsContexts;
  readonly #ticketKeys: Buffer;
  /** Never listens: sockets are handed to it once their ClientHello was read. */
  readonly #server: Server;

  constructor(owner: TlsOwner, contexts: TlsContexts, ticketKeys: Buffer) {
    this.#owner = owner;
    this.#contexts = contexts;
    this.#ticketKeys = ticketKeys;
    this.#server = createServer({
      ...this.#sessions(),
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      SNICallback: (serverName, answer) => answer(null, this.#contextFor(serverName.toLowerCase()) ?? undefined),
    });
    this.#server.on('secureConnection', socket => this.#onSecureConnection(socket));
    this.#server.on('tlsClientError', error => this.#onClientError(error));
    this.refresh();
  }

  /** Call when the binding changed. Clients without a server name get the certificate of the listener without a hostname. */
  refresh(): void {
    const tls = this.#owner.compiled.listenerFor('')?.listener.tls;
    const certificate = tls == null ? undefined : this.#contexts.certificateFor(tls, '');
    if (certificate === undefined || this.#contexts.contextOf(certificate) === null) return;
    this.#server.setSecureContext({ ...this.#sessions(), cert: certificate.chain, key: certificate.key });
  }

  accept(socket: Socket): void {
    new FirstBytes(socket, this.#owner.serving.loop, {
      timeoutMs: HANDSHAKE_TIMEOUT_MS,
      judge: bytes => this.#judge(socket, bytes),
      onEnd: reason => this.#count(reason === 'timeout' ? 'timeout' : 'failed'),
    });
  }

  #judge(socket: Socket, bytes: Buffer): boolean {
    const hello = readClientHello(bytes);
    if (hello.kind === 'undecided') return false;
    if (hello.kind === 'invalid') {
      this.#count('not_tls');
      if (guessProtocol(bytes) === 'http1') socket.end(CLEARTEXT_REFUSAL, () => socket.destroy());
      else socket.destroy();
      return true;
    }
    const serverName = hello.serverName ?? '';
    const refusal = this.#refusalOf(serverName);
    if (refusal !== null) {
      socket.end(refusal, () => socket.destroy());
      return true;
    }
    this.#owner.onHello(socket);
    socket.pause();
    socket.unshift(bytes);
    this.#server.emit('connection', socket);
    return true;
  }

  /** The alert for a server name that cannot be served; null: go on. */
  #refusalOf(serverName: string): Buffer | null {
    if (this.#owner.compiled.listenerFor(serverName) === undefined) {
      this.#count('unrecognized_name');
      return UNRECOGNIZED_NAME;
    }
    if (this.#contextFor(serverName) !== null) return null;
    this.#count('no_certificate');
    return INTERNAL_ERROR;
  }

  #contextFor(serverName: string): SecureContext | null {
    const tls = this.#owner.compiled.listenerFor(serverName)?.listener.tls;
    const certificate = tls == null ? undefined : this.#contexts.certificateFor(tls, serverName);
    return certificate === undefined ? null : this.#contexts.contextOf(certificate);
  }

  #onSecureConnection(socket: TLSSocket): void {
    const entered = this.#owner.compiled.listenerFor((socket.servername || '').toLowerCase());
    socket.on('error', ignore);
    this.#count(socket.isSessionReused() ? 'resumed' : 'ok');
    if (entered === undefined) socket.destroy();
    else this.#owner.onSecure(socket, entered, socket.alpnProtocol === 'h2');
  }

  #onClientError(error: NodeJS.ErrnoException): void {
    this.#count(error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT' ? 'timeout' : 'failed');
  }

  #sessions(): { ticketKeys: Buffer; sessionTimeout: number; sessionIdContext: string; minVersion: 'TLSv1.2' } {
    return {
      ticketKeys: this.#ticketKeys,
      sessionTimeout: SESSION_TIMEOUT_SECONDS,
      sessionIdContext: 'daemun',
      minVersion: 'TLSv1.2',
    };
  }

  #count(result: HandshakeResult): void {
    const { metrics } = this.#owner.serving;
    metrics.count('daemun_tls_handshakes_total', { result });
    if (result === 'timeout') metrics.count('daemun_limit_hits_total', { limit: 'handshake_timeout' });
  }
}

/** What breaks a socket shows in 'close' too. */
function ignore(): void {}
