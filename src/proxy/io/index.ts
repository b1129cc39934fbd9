// SPDX-License-Identifier: Apache-2.0

/**
 * The ground floor: what every socket of the data plane stands on, whatever is spoken on it. One loop a thread, one transport a socket,
 * coarse timers, and the books of the bytes that wait. In: chunks from sockets, calls. Out: events, chunks to sockets.
 * Never: a request, a route, a cluster; nothing here imports another folder of the data plane.
 */
export { BodyMemory } from './body-memory.ts';
export { BodyPipe } from './body-pipe.ts';
export { BodyQueue } from './body-queue.ts';
export {
  type ClientEnds,
  clientAddressOf,
  clientEndsOf,
  clientPortOf,
  inheritClient,
  sayerOf,
  tellClient,
} from './client-ends.ts';
export type { CopyPages } from './copy-pages.ts';
export { FirstBytes } from './first-bytes.ts';
export { HalfClosed } from './half-closed.ts';
export { type IdleConnection, type IdleEntry, IdleList, unlink } from './idle-list.ts';
export { isTlsSocket } from './is-tls-socket.ts';
export { KeyChanges } from './key-changes.ts';
export { MemoryBudget, type MemoryHolder, workerBufferBytes } from './memory-budget.ts';
export { EXCHANGE_BYTES, fieldBytes } from './memory-cost.ts';
export { OwnSockets, type SocketEnd, sharedPorts } from './own-sockets.ts';
export { resetSocket } from './reset-socket.ts';
export {
  type InputTaker,
  NO_TAKER,
  newSharedReadSocket,
  shareReads,
  sharesReads,
  sharingReads,
} from './shared-read-socket.ts';
export { type Flushable, SocketLoop } from './socket-loop.ts';
export { SocketTransport, type TransportOwner } from './socket-transport.ts';
export type { WheelTimer } from './timer-wheel.ts';
export type { TrafficCounters } from './traffic-counters.ts';
export { tryWrite } from './try-write.ts';
