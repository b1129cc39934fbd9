// SPDX-License-Identifier: Apache-2.0

import { type OnReadOpts, Socket } from 'node:net';
import type { ConnectionOptions, PeerCertificate, TLSSocket } from 'node:tls';
import { nodeTls } from '../../node/index.ts';
import type { BackendTls } from '../../snapshot/index.ts';
import { KeyChanges, type SocketLoop, sharingReads } from '../io/index.ts';
import type { ClientContexts, ClientSecrets } from './client-contexts.ts';
import { KEY_FLOOD } from './connect-failure.ts';
import { KEEPALIVE_MS } from './keepalive.ts';
import { hasIdentity } from './peer-identity.ts';
import type { ResumableSession } from './resumable-session.ts';

interface ConnectParts {
  readonly session: ResumableSession;
  /** Since 1970. */
  readonly wallMs: number;
  /** What is decrypted goes into its buffer, unless there is a greeting. */
  readonly loop: SocketLoop;
  /** Sent before the TLS; null: nothing. */
  readonly greeting: Buffer | null;
  /** Offered alone, in place of what the cluster is usually spoken to with; null: that. */
  readonly alpn: string | null;
}

/** How a handshake with an endpoint ended; `failed`: after the endpoint had taken the connection. */
export const HANDSHAKE_RESULTS = ['ok', 'resumed', 'failed'] as const;
export type HandshakeResult = (typeof HANDSHAKE_RESULTS)[number];

/** The certificate is in order, and for somebody else. */
export const WRONG_IDENTITY = 'ERR_WRONG_IDENTITY';

/**
 * How one cluster is spoken to in TLS: a socket is secure only when the endpoint's chain ends at whom the cluster trusts and its
 * certificate has one of the names wanted. Another configuration, bundle or certificate is another object. One per worker and cluster.
 */
export class TlsClient {
  readonly tls: BackendTls;
  readonly #secrets: ClientSecrets;
  readonly #contexts: ClientContexts;
  readonly #report: (result: HandshakeResult) => void;
  readonly #alpn: readonly string[];
  /** From the first connection on. */
  #keys: KeyChanges | null = null;

  /** `alpn`: what is offered (RFC 7301). `report` is told of each handshake how it ended. */
  constructor(
    { tls, alpn }: { readonly tls: BackendTls; readonly alpn: readonly string[] },
    { secrets, contexts }: { readonly secrets: ClientSecrets; readonly contexts: ClientContexts },
    report: (result: HandshakeResult) => void,
  ) {
    this.tls = tls;
    this.#secrets = secrets;
    this.#contexts = contexts;
    this.#alpn = alpn;
    this.#report = report;
  }

  /** Begins TCP and TLS. `secureConnect` follows; what is wrong with the certificate comes as `error`, as all else does. */
  connect(host: string, port: number, { session, wallMs, loop, greeting, alpn }: ConnectParts): Socket {
    const { connect } = nodeTls();
    let socket: TLSSocket;
    try {
      const ticket = session.ticketOf(this, wallMs);
      const options: ConnectionOptions = {
        host,
        port,
        secureContext: this.#contexts.of(this.#secrets),
        servername: this.tls.serverName,
        ALPNProtocols: alpn === null ? [...this.#alpn] : [alpn],
        checkServerIdentity: (_host, certificate) => this.#look(certificate, session),
        ...(ticket === null ? {} : { session: ticket }),
      };
      socket =
        greeting === null
          ? (sharingReads(loop.readBuffer, onread => connect(withReads(options, onread))) as Socket as TLSSocket)
          : connect({ ...options, socket: greeted(host, port, greeting) });
    } catch (error) {
      return new Socket().destroy(error as Error);
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEPALIVE_MS);
    socket.on('session', ticket => session.keep(this, ticket));
    this.#watch(socket, session, loop);
    return socket;
  }

  /** Not where a session is resumed: then none is shown. */
  #look({ subjectaltname, valid_to }: PeerCertificate, session: ResumableSession): Error | undefined {
    session.shown(Date.parse(valid_to));
    if (hasIdentity(subjectaltname, this.tls.identities)) return undefined;
    return Object.assign(new Error('the certificate is for other names'), { code: WRONG_IDENTITY });
  }

  #watch(socket: TLSSocket, session: ResumableSession, loop: SocketLoop): void {
    let isAccepted = false;
    const onFailed = (): void => {
      session.drop();
      if (isAccepted) this.#report('failed');
    };
    socket.once('connect', () => {
      isAccepted = true;
    });
    socket.once('close', onFailed);
    socket.once('secureConnect', () => {
      socket.off('close', onFailed);
      this.#report(socket.isSessionReused() ? 'resumed' : 'ok');
      // Of what breaks the TLS of an open connection Node tells, and does not end it: nothing would come on it any more.
      socket.on('error', () => socket.destroy());
      this.#keys ??= new KeyChanges(loop, endFlood);
      this.#keys.watchServer(socket);
    });
  }
}

function endFlood(socket: TLSSocket): void {
  socket.destroy(Object.assign(new Error('its keys, or tickets, have no end'), { code: KEY_FLOOD }));
}

/** A connection below the TLS that says something of its own first. */
function greeted(host: string, port: number, greeting: Buffer): Socket {
  const below = new Socket().connect({ host, port });
  below.write(greeting);
  return below;
}

/** Node takes the option where TLS begins with the connect; its types do not say so. */
function withReads(
  options: ConnectionOptions,
  onread: OnReadOpts,
): ConnectionOptions & { readonly onread: OnReadOpts } {
  return { ...options, onread };
}
