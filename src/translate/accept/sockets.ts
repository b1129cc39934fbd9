// SPDX-License-Identifier: Apache-2.0

import { compareStrings } from '../../values/index.ts';
import { socketKey, type TranslateEnvironment } from '../environment.ts';
import { type ListenerSite, listenerFinding, listenerName } from '../listener-site.ts';
import type { ConflictReason, Problem } from '../outcomes.ts';
import { bindingId, boundPort } from './addresses.ts';
import { conflictProblem, sharesPort } from './conflicts.ts';
import type { GatewayDraft } from './gateway-draft.ts';
import type { JudgedListener } from './listeners.ts';
import { noTargetPort } from './missing-address.ts';
import { transportOf } from './protocols.ts';

/** A socket that a listener shares or has to itself. */
export interface SocketClaim {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  /** The port by which clients reach it. */
  readonly reached: number;
}

/** What came of a listener's claims. */
export interface SocketVerdict {
  readonly sockets: readonly SocketClaim[];
  /** Lost against a listener of an older Gateway. */
  readonly conflicted: Problem<ConflictReason> | null;
  /** A listener of another port has it. */
  readonly unavailable: Problem<'PortUnavailable'> | null;
  /** It has no port to be bound at yet. */
  readonly pending: Problem<'Pending'> | null;
  readonly note: string;
}

const NOTHING: SocketVerdict = { sockets: [], conflicted: null, unavailable: null, pending: null, note: '' };

interface Holder {
  readonly draft: GatewayDraft;
  readonly listener: JudgedListener;
}

/** A socket that is taken: all its listeners have one port and one family, and each a hostname of its own. */
interface TakenSocket {
  readonly first: Holder;
  readonly byHostname: Map<string, Holder>;
}
type TakenSockets = Map<string, TakenSocket>;

/**
 * Gives sockets to the listeners of `drafts` (oldest first), by listener id. Two Gateways on one address and port share
 * the socket as long as their listeners are distinct; otherwise the listener of the older owner keeps it: a set that is added to an
 * old Gateway takes nothing from a younger one that was there before. Shifted ports come last, so that a port written by a
 * user wins over one that we moved there.
 */
export function claimSockets(
  drafts: readonly GatewayDraft[],
  environment: TranslateEnvironment,
): ReadonlyMap<string, SocketVerdict> {
  const taken: TakenSockets = new Map();
  const verdicts = new Map<string, SocketVerdict>();
  const candidates = drafts
    .flatMap(draft =>
      draft.isServed
        ? draft.listeners
            .filter(l => l.accepted === null && !draft.conflicts.has(l.id))
            .map(listener => ({ draft, listener }))
        : [],
    )
    .sort(compareOwners);
  const isShifted = ({ listener }: Holder): boolean =>
    boundPort(listener.spec.port, environment) !== listener.spec.port;
  for (const holder of [...candidates.filter(c => !isShifted(c)), ...candidates.filter(isShifted)]) {
    verdicts.set(holder.listener.id, claim(holder, taken, environment));
  }
  return verdicts;
}

/** The oldest first; Gateways before sets of their age, as in files, which have none. Else as they stand. */
function compareOwners({ listener: a }: Holder, { listener: b }: Holder): number {
  const byAge = compareStrings(a.owner.metadata.creationTimestamp ?? '', b.owner.metadata.creationTimestamp ?? '');
  return byAge || Number(a.owner !== a.gateway) - Number(b.owner !== b.gateway);
}

function claim(holder: Holder, taken: TakenSockets, environment: TranslateEnvironment): SocketVerdict {
  const { draft, listener } = holder;
  const { protocol } = listener;
  if (protocol === undefined) return NOTHING;
  const transport = transportOf(protocol);
  const { port, reached } = placeOf(holder, transport, environment);
  if (port === undefined) {
    const service = draft.assignment.service?.name ?? '';
    return { ...NOTHING, pending: noTargetPort(draft.gateway, listener.spec.port, service) };
  }
  const sockets = draft.addresses.map(address => ({ id: bindingId(address, port, transport), address, port, reached }));
  for (const socket of sockets) {
    const lost = loses(holder, taken.get(socket.id), socket);
    if (lost !== null) return lost;
  }
  for (const socket of sockets) {
    const shared = taken.get(socket.id);
    if (shared === undefined)
      taken.set(socket.id, { first: holder, byHostname: new Map([[listener.hostname, holder]]) });
    else shared.byHostname.set(listener.hostname, holder);
  }
  const note =
    reached === listener.spec.port
      ? ''
      : `Port ${listener.spec.port} is privileged and this process may not bind it, so the listener is bound at port ${port}`;
  return { ...NOTHING, sockets, note };
}

/** Where a listener is bound, and reached from outside. A port that a Service leads to is reached as it is written. */
function placeOf(
  { draft, listener }: Holder,
  transport: 'tcp' | 'udp',
  environment: TranslateEnvironment,
): { readonly port: number | undefined; readonly reached: number } {
  const written = listener.spec.port;
  if (draft.targetPorts !== null)
    return { port: draft.targetPorts.get(socketKey(written, transport)), reached: written };
  const bound = boundPort(written, environment);
  return { port: bound, reached: bound };
}

function loses(holder: Holder, taken: TakenSocket | undefined, socket: SocketClaim): SocketVerdict | null {
  if (taken === undefined) return null;
  const { first, byHostname } = taken;
  if (first.listener.spec.port !== holder.listener.spec.port) {
    const why = `${socket.address} port ${socket.port} is taken by ${listenerName(first.listener, holder.listener)}`;
    return { ...NOTHING, unavailable: portUnavailable(holder.listener, why) };
  }
  const other = sharesPort(first.listener, holder.listener) ? byHostname.get(holder.listener.hostname) : first;
  if (other === undefined) return null;
  return { ...NOTHING, conflicted: conflictProblem(holder.listener, other.listener) };
}

/** Words why a listener cannot have its port. */
export function portUnavailable(
  site: Pick<ListenerSite, 'owner' | 'index' | 'spec'>,
  why: string,
  help = 'Free the port, or choose another port or address',
): Problem<'PortUnavailable'> {
  const finding = listenerFinding('gateway/port-unavailable', site, {
    path: ['port'],
    message: `Listener ${site.spec.name}: ${why}`,
    help,
  });
  return { reason: 'PortUnavailable', finding };
}
