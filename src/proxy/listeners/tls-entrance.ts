// SPDX-License-Identifier: Apache-2.0

/**
 * From a new TCP connection to a TLS one: the ClientHello is read first. It alone decides the listener, the certificate and
 * which sessions may be resumed; a server name that no listener takes is refused with an alert before any cryptography.
 */
import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { type CompiledBinding, type CompiledListener, CompiledTlsListener } from '../../match/index.ts';
import { type ClientValidation, endsTls } from '../../snapshot/index.ts';
import { ownCopy } from '../../wire/index.ts';
import type { Serving } from '../http/index.ts';
import { FirstBytes, KeyChanges, resetSocket } from '../io/index.ts';
import { cleartextRefusal } from './cleartext-refusal.ts';
import { type ClientHello, readClientHello } from './client-hello.ts';
import { type EnteredListener, enteredBy } from './client-rules.ts';
import type { Spoken } from './codec.ts';
import type { AdmittedStream } from './entrance-owner.ts';
import { type HandshakeFailure, HandshakeResults, NO_HELLO } from './handshake-results.ts';
import { guessProtocol } from './protocol-guess.ts';
import type { TlsContexts } from './tls-contexts.ts';
import { protocolNames, REQUEST_PROTOCOLS, TlsHandshake } from './tls-handshake.ts';
import type { UnfinishedHandshakes } from './unfinished-handshakes.ts';

/** For the ClientHello, and again for the rest of the handshake. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Record: alert (21), TLS 1.2, two bytes: fatal (2), unrecognized_name (112). RFC 6066 §3. */
const UNRECOGNIZED_NAME = Buffer.from([21, 3, 3, 0, 2, 2, 112]);
/** As above: internal_error (80), for a listener whose certificates cannot be used. */
const INTERNAL_ERROR = Buffer.from([21, 3, 3, 0, 2, 2, 80]);

/** Who gets the sockets. */
export interface TlsOwner {
  readonly serving: Serving;
  /** The binding as it is now, for the client of a socket. */
  metBy(socket: Socket): CompiledBinding;
  /** `raw`: below `socket`. `spoken`: agreed on by ALPN; null: the first bytes decide. */
  onSecure(raw: Socket, socket: TLSSocket, entered: EnteredListener, spoken: Spoken | null): void;
  /** TLS that goes on as it comes; its first bytes are in `stream`. */
  onPassed(socket: Socket, stream: AdmittedStream): void;
  /** A stream whose TLS ends here. */
  onSecureStream(raw: Socket, socket: TLSSocket, stream: AdmittedStream): void;
}

/** What was read before a handshake. */
interface ReadHello {
  readonly bytes: Buffer;
  readonly hello: Extract<ClientHello, { readonly kind: 'hello' }>;
}

interface SecureStart {
  /** null: there is no certificate that can be shown. */
  readonly context: SecureContext | null;
  /** As `TlsHandshake` wants it. */
  readonly alpn: Buffer | null;
  readonly clients: ClientValidation | null;
  readonly about: HandshakeFailure;
  readonly onSecure: (socket: TLSSocket) => void;
}

/** What all ports of a worker share. */
export interface TlsEnvironment {
  readonly contexts: TlsContexts;
  readonly handshakes: UnfinishedHandshakes;
}

export class TlsEntrance {
  readonly #owner: TlsOwner;
  readonly #contexts: TlsContexts;
  readonly #keys: KeyChanges;
  readonly #unfinished: UnfinishedHandshakes;
  readonly #results: HandshakeResults;

  get serving(): Serving {
    return this.#owner.serving;
  }

  constructor(owner: TlsOwner, { contexts, handshakes }: TlsEnvironment) {
    this.#owner = owner;
    this.#contexts = contexts;
    this.#results = new HandshakeResults(owner.serving);
    this.#unfinished = handshakes;
    this.#keys = new KeyChanges(owner.serving.loop, socket => this.#endFlood(socket));
  }

  accept(socket: Socket, first: Buffer | null): void {
    this.#results.begin(socket);
    new HelloReader(socket, this).begin(first);
  }

  /** For the reader of the hello, as what follows. True: there is one, or never will be. */
  judge(socket: Socket, bytes: Buffer): boolean {
    const hello = readClientHello(bytes);
    if (hello.kind === 'undecided') return false;
    if (hello.kind === 'invalid') {
      this.#results.fail(socket, 'not_tls', NO_HELLO);
      const { date } = this.#owner.serving;
      if (guessProtocol(bytes) === 'http1') socket.end(cleartextRefusal(date.now()), () => socket.destroy());
      else socket.destroy();
      return true;
    }
    const serverName = hello.serverName ?? '';
    const owner = this.#owner.metBy(socket).ownerOf(serverName);
    if (owner === undefined) this.#refuseName(socket, serverName);
    else if (owner instanceof CompiledTlsListener) this.#judgeStream(socket, owner, { bytes, hello });
    else this.#judgeRequests(socket, owner, { bytes, hello });
    return true;
  }

  #judgeRequests(raw: Socket, compiled: CompiledListener, { bytes, hello }: ReadHello): void {
    const { listener } = compiled;
    const entered = enteredBy(listener);
    const context =
      listener.kind === 'https' ? this.#contexts.contextFor(listener, hello.serverName ?? '', hello.ticketName) : null;
    this.#begin(raw, bytes, {
      context,
      alpn: REQUEST_PROTOCOLS,
      clients: entered.clients,
      about: { serverName: hello.serverName, listener: listener.id, error: null },
      onSecure: socket => this.#owner.onSecure(raw, socket, entered, spokenBy(socket.alpnProtocol)),
    });
  }

  /** A server name without a route is no less unknown than one without a listener. */
  #judgeStream(raw: Socket, owner: CompiledTlsListener, { bytes, hello }: ReadHello): void {
    const { listener } = owner;
    const { serverName, ticketName } = hello;
    const rule = owner.routeFor(serverName ?? '')?.rule;
    if (rule === undefined) {
      this.#refuseName(raw, serverName ?? '');
      return;
    }
    if (!endsTls(listener)) {
      this.#results.count('passed');
      this.#owner.onPassed(raw, { start: { listener, serverName, first: ownCopy(bytes), alpn: null }, rule });
      return;
    }
    const context = this.#contexts.contextFor(listener, serverName ?? '', ticketName);
    const onSecure = (socket: TLSSocket): void => {
      const start = { listener, serverName, first: null, alpn: socket.alpnProtocol || null };
      this.#owner.onSecureStream(raw, socket, { start, rule });
    };
    const alpn = rule.alpn.length === 0 ? null : protocolNames(rule.alpn);
    const about = { serverName, listener: listener.id, error: null };
    this.#begin(raw, bytes, { context, alpn, clients: listener.tls.clients, about, onSecure });
  }

  #begin(raw: Socket, bytes: Buffer, { context, alpn, clients, about, onSecure }: SecureStart): void {
    if (context === null) {
      this.#refuse(raw, 'no_certificate', about);
      return;
    }
    // Only where `data` events were listened to, for what a load balancer says: to stop reading and go on costs a system call.
    if (raw.readableFlowing === true) raw.pause();
    raw.unshift(Buffer.from(bytes));
    const handshake = new TlsHandshake(raw, {
      context,
      alpn,
      loop: this.serving.loop,
      timeoutMs: HANDSHAKE_TIMEOUT_MS,
      wanted: clients?.certificate ?? null,
      onEnd: (result, socket, error) => {
        this.#unfinished.remove(handshake);
        if (result !== 'secure') {
          this.#results.fail(raw, result, { ...about, error });
          return;
        }
        this.#results.count(socket.isSessionReused() ? 'resumed' : 'ok');
        this.#keys.watchClient(socket);
        onSecure(socket);
      },
    });
    this.#unfinished.add(handshake);
  }

  #endFlood(socket: TLSSocket): void {
    this.serving.metrics.count('daemun_limit_hits_total', { limit: 'key_changes' });
    socket.destroy();
  }

  /**
   * A server name that nobody takes. Where only HTTPS is served an alert says why. Where streams are passed on nobody here is the client's
   * peer in TLS: the connection is reset, as a port would that nobody listens on.
   */
  #refuseName(socket: Socket, serverName: string): void {
    const about: HandshakeFailure = { ...NO_HELLO, serverName };
    if (this.#owner.metBy(socket).tlsListeners.length === 0) {
      this.#refuse(socket, 'unrecognized_name', about);
      return;
    }
    this.#results.fail(socket, 'unrecognized_name', about);
    resetSocket(socket);
  }

  #refuse(socket: Socket, result: 'unrecognized_name' | 'no_certificate', about: HandshakeFailure): void {
    const alert = result === 'no_certificate' ? INTERNAL_ERROR : UNRECOGNIZED_NAME;
    this.#results.fail(socket, result, about);
    socket.end(alert, () => socket.destroy());
  }

  onGone(socket: Socket, reason: 'timeout' | 'closed'): void {
    this.#results.fail(socket, reason === 'timeout' ? 'timeout' : 'failed', NO_HELLO);
  }
}

class HelloReader extends FirstBytes {
  readonly #entrance: TlsEntrance;

  constructor(socket: Socket, entrance: TlsEntrance) {
    super(socket, entrance.serving, HANDSHAKE_TIMEOUT_MS);
    this.#entrance = entrance;
  }

  protected judge(bytes: Buffer): boolean {
    return this.#entrance.judge(this.socket, bytes);
  }

  protected onGone(reason: 'timeout' | 'closed'): void {
    this.#entrance.onGone(this.socket, reason);
  }
}

/** ALPN protocol identifiers (RFC 9113 §3.2, RFC 7301 §6). */
function spokenBy(alpn: string | false | null): Spoken | null {
  return alpn === 'h2' ? 'http2' : alpn === 'http/1.1' ? 'http1' : null;
}
