// SPDX-License-Identifier: Apache-2.0

/** Whose an accepted connection is: what a load balancer said of it, else where the socket comes from. */
import type { Socket } from 'node:net';
import { plainAddress } from '../../values/index.ts';
import type { ProxyAddress } from '../../wire/index.ts';

/** The client, and what it connected to. */
export interface ClientEnds {
  readonly source: ProxyAddress;
  readonly destination: ProxyAddress;
}

interface ToldSocket extends Socket {
  clientEnds?: ClientEnds;
  /** Below what is spoken: who the peer is was asked of the kernel there, once. */
  accepted?: Socket;
}

/** From now on the connection is the client's that `ends` tell. */
export function tellClient(socket: Socket, ends: ClientEnds): void {
  (socket as ToldSocket).clientEnds = ends;
}

/** What was told of a socket holds for what is spoken on it too, such as TLS. */
export function inheritClient(from: Socket, to: Socket): void {
  if (to === from) return;
  const { clientEnds } = from as ToldSocket;
  if (clientEnds === undefined) (to as ToldSocket).accepted = from;
  else tellClient(to, clientEnds);
}

export function clientAddressOf(socket: Socket): string {
  const { clientEnds, accepted = socket } = socket as ToldSocket;
  return clientEnds?.source.address ?? plainAddress(accepted.remoteAddress ?? 'unknown');
}

/** The address of who told whose an accepted socket is; null: nobody did. '': the socket is gone. */
export function sayerOf(socket: Socket): string | null {
  return (socket as ToldSocket).clientEnds === undefined ? null : plainAddress(socket.remoteAddress ?? '');
}

/** 0: the socket is gone, and nothing was told of it. */
export function clientPortOf(socket: Socket): number {
  const { clientEnds, accepted = socket } = socket as ToldSocket;
  return clientEnds?.source.port ?? accepted.remotePort ?? 0;
}

/** null: the socket is gone, and nothing was told of it. */
export function clientEndsOf(socket: Socket): ClientEnds | null {
  const told = (socket as ToldSocket).clientEnds;
  if (told !== undefined) return told;
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return null;
  if (localAddress === undefined || localPort === undefined) return null;
  return {
    source: { address: plainAddress(remoteAddress), port: remotePort },
    destination: { address: plainAddress(localAddress), port: localPort },
  };
}
