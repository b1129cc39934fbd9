// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { Cluster } from '../../snapshot/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import { type HeaderListPool, type HeadMemory, type ProxyVersion, writeProxyHeader } from '../../wire/index.ts';
import { type ClientEnds, newSharedReadSocket, type SocketLoop } from '../io/index.ts';
import { KEEPALIVE_MS } from './keepalive.ts';
import type { ResumableSession } from './resumable-session.ts';
import type { TlsClient } from './tls-client.ts';

/** What every connection of a worker to endpoints shares. */
export interface ConnectionEnvironment {
  readonly loop: SocketLoop;
  readonly lists: HeaderListPool;
  readonly heads: HeadMemory;
  readonly clock: Clock;
  /** For balancers and the jitter of backoffs. */
  readonly random: Random;
  /** Begins a TCP connect. `readBuffer`: the loop's. */
  readonly dial: (address: string, port: number, readBuffer: Buffer) => Socket;
}

/** What is connected to. */
export interface ConnectionTarget {
  readonly address: string;
  readonly port: number;
  readonly protocol: Cluster['protocol'];
  readonly connectTimeoutMs: number;
  /** null: it is spoken to in cleartext. */
  readonly tls: TlsClient | null;
  readonly session: ResumableSession;
  /** Whether and how the endpoint is told whose a connection is (`Cluster.proxyProtocol`). */
  readonly proxyProtocol: Cluster['proxyProtocol'];
}

/** The one stream that a connection carries, as far as its endpoint is told. */
export interface CarriedStream {
  /** null: whose it is cannot be said. */
  readonly client: ClientEnds | null;
  /** What its client agreed on by ALPN, and an endpoint in TLS is asked for; null: nothing. */
  readonly alpn: string | null;
}

/** Begins a connection to `target`. `stream` null: it is the gateway's own, for it carries requests of many clients. */
export function openSocket(
  { address, port, tls, session, proxyProtocol }: ConnectionTarget,
  { dial, loop, clock }: Pick<ConnectionEnvironment, 'dial' | 'loop' | 'clock'>,
  stream: CarriedStream | null,
): Socket {
  const greeting = proxyProtocol === null ? null : greetingOf(proxyProtocol, stream?.client ?? null);
  const alpn = stream?.alpn ?? null;
  if (tls !== null) return tls.connect(address, port, { session, wallMs: clock.wallMs(), loop, greeting, alpn });
  const socket = dial(address, port, loop.readBuffer);
  if (greeting !== null) socket.write(greeting);
  return socket;
}

function greetingOf(version: ProxyVersion, client: ClientEnds | null): Buffer {
  return writeProxyHeader(version, client === null ? { kind: 'local' } : { kind: 'proxied', ...client });
}

/** Opens a socket to an IP address, without Nagle's delay. */
export function dialTcp(host: string, port: number, readBuffer: Buffer): Socket {
  const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS };
  return newSharedReadSocket(readBuffer, options).connect({ host, port });
}
