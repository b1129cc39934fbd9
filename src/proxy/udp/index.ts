// SPDX-License-Identifier: Apache-2.0

/**
 * Datagrams. In: bindings of a snapshot, datagrams of clients. Out: the same datagrams to endpoints, their answers to clients.
 * Never: what is in a datagram.
 */
export { SessionBudget } from './session-budget.ts';
export { type UdpEnvironment, UdpServer } from './udp-server.ts';
export type { UdpSession } from './udp-session.ts';
