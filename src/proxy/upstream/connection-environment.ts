// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { Cluster } from '../../snapshot/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import type { HeaderListPool, HeadMemory } from '../../wire/index.ts';
import { newSharedReadSocket, type SocketLoop } from '../io/index.ts';
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
}

/** Opens a socket to an IP address, without Nagle's delay. */
export function dialTcp(host: string, port: number, readBuffer: Buffer): Socket {
  const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS };
  return newSharedReadSocket(readBuffer, options).connect({ host, port });
}
