// SPDX-License-Identifier: Apache-2.0

/** Sockets that clients connect to. In: bindings of a snapshot. Out: exchanges. Never: routing decisions. */
export {
  type BindingDump,
  Listeners,
  type ListenersDump,
  type ListenersOptions,
  type PortsWanted,
} from './listeners.ts';
export { certificateRefusal, SESSION_TIMEOUT_SECONDS } from './server-context.ts';
export type { TicketSecrets } from './ticket-secrets.ts';
