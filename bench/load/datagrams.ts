// SPDX-License-Identifier: Apache-2.0

/** Clients that send datagrams and wait for their echoes. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface DatagramLoad {
  readonly clients: number;
  /** Datagrams of each that are under way at once. */
  readonly window: number;
  readonly bytes: number;
}

/** What is not echoed in this time is lost, and sent again. */
const LOST_AFTER_MS = 200;
/** So many such times without an echo: there is nobody. */
const MAX_LOSSES = 25;
const RECEIVE_BUFFER_BYTES = 1_048_576;

/** Resolves when `trips` datagrams went out and came back, each client with its part of them. */
export async function datagrams(port: number, load: DatagramLoad, trips: number): Promise<void> {
  const trip = Math.ceil(trips / load.clients);
  const all = await Promise.all(Array.from({ length: load.clients }, () => open(port)));
  await Promise.all(all.map(socket => exchange(socket, load, trip)));
  for (const socket of all) socket.close();
}

/** Resolves when `count` clients, 64 at a time, have asked one question each and got its answer: each has a port of its own. */
export async function questions(port: number, count: number): Promise<void> {
  let left = count;
  const asking = async (): Promise<void> => {
    while (left-- > 0) {
      const socket = await open(port);
      await exchange(socket, { clients: 1, window: 1, bytes: 64 }, 1);
      socket.close();
    }
  };
  await Promise.all(Array.from({ length: 64 }, asking));
}

async function open(port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  // A proxy that just ended: what is lost is sent again.
  socket.on('error', () => {});
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function exchange(socket: Socket, { window, bytes }: DatagramLoad, trips: number): Promise<void> {
  const datagram = Buffer.alloc(bytes, 0x61);
  let got = 0;
  let seen = 0;
  const send = (count: number): void => {
    for (let at = 0; at < count; at++) socket.send(datagram);
  };
  const done = new Promise<void>(resolve => {
    socket.on('message', () => {
      got++;
      if (got === trips) resolve();
      else if (got + window <= trips) socket.send(datagram);
    });
  });
  send(Math.min(window, trips));
  for (let losses = 0; got < trips; losses = got === seen ? losses + 1 : 0, seen = got) {
    if (losses === MAX_LOSSES) throw new Error('datagrams do not come back');
    await Promise.race([done, delay(LOST_AFTER_MS)]);
    if (got === seen && got < trips) send(Math.min(window, trips - got));
  }
}
