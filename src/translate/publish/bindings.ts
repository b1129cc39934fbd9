// SPDX-License-Identifier: Apache-2.0

import {
  admissionOf,
  type Binding,
  type Certificate,
  type Listener,
  type ListenerIdentity,
  type ReachedPorts,
  type RequestListener,
  routesRequests,
  type TlsListener,
  type TlsTermination,
  type VirtualHost,
} from '../../snapshot/index.ts';
import { compareHostnames, compareStrings, haveSameItems, keepList, share } from '../../values/index.ts';
import type { AcceptedGateway, AcceptedListener } from '../accept/gateways.ts';
import type { ListenerTables } from '../arbitrate/listener-tables.ts';
import type { StreamTables } from '../arbitrate/stream-tables.ts';
import type { ListenerOwner } from '../listener-site.ts';

/** Sockets with their listeners, sorted, and the certificates that the listeners use. */
export interface PublishedBindings {
  readonly bindings: readonly Binding[];
  readonly certificates: readonly Certificate[];
  readonly madeOf: BindingSources;
}

/** What they are made of; each keeps its identity while it is unchanged. */
interface BindingSources extends AttachedTables {
  readonly gateways: ReadonlyMap<string, AcceptedGateway>;
}

/** Puts every listener that carries traffic on its sockets. Unchanged parts keep their identity. */
export function publishBindings(sources: BindingSources, previous: PublishedBindings | undefined): PublishedBindings {
  const { gateways, ...routes } = sources;
  const before = previous?.madeOf.gateways === gateways ? previous.madeOf : null;
  if (previous !== undefined && before?.tables === routes.tables && before.streams === routes.streams) return previous;
  const known = { before, listeners: knownListeners(previous) };
  const sockets = new Map<string, Writable<Omit<Binding, 'id'>>>();
  const certificates = new Map<string, Certificate>();
  for (const accepted of gateways.values()) {
    const reached = { http: reachedPort(accepted, 80), https: reachedPort(accepted, 443) };
    for (const listener of accepted.listeners) {
      if (listener.sockets.length === 0) continue;
      const published = publishListener(accepted, listener, { ...routes, known, reached });
      for (const certificate of listener.judged.certificates) certificates.set(certificate.id, certificate);
      for (const { id, address, port } of listener.sockets) {
        const socket = sockets.get(id);
        if (socket === undefined)
          sockets.set(id, {
            address,
            port,
            admission: admissionOf(published),
            frontend: null,
            // It is of connections.
            proxyProtocolFrom: published.kind === 'udp' ? [] : [...accepted.proxyProtocolFrom],
            listeners: [published],
          });
        else {
          socket.listeners.push(published);
          // Before a connection has said anything it is everybody's: whom one of its Gateways does not name is not believed.
          socket.proxyProtocolFrom = socket.proxyProtocolFrom.filter(range =>
            accepted.proxyProtocolFrom.includes(range),
          );
        }
      }
    }
  }
  const knownBindings = new Map(previous?.bindings.map(binding => [binding.id, binding]));
  const bindings = [...sockets].map(([id, { listeners, ...socket }]): Binding => {
    listeners.sort((a, b) => compareHostnames(a.hostname, b.hostname) || compareStrings(a.id, b.id));
    return keepBinding(knownBindings.get(id), { id, ...socket, listeners });
  });
  bindings.sort((a, b) => compareStrings(a.id, b.id));
  const sorted = [...certificates.values()].sort((a, b) => compareStrings(a.id, b.id));
  return {
    bindings: keepList(previous?.bindings, bindings),
    certificates: share(previous?.certificates, sorted),
    madeOf: sources,
  };
}

/** What all bindings are put together of. */
interface BindingParts {
  readonly ofGateways: readonly Binding[];
  readonly frontends: readonly Binding[];
}

/** All bindings, sorted; those that were there before when they are the same ones. */
export function mergeBindings(
  { ofGateways, frontends }: BindingParts,
  previous: readonly Binding[] | undefined,
  madeOf: BindingParts | undefined,
): readonly Binding[] {
  if (frontends.length === 0) return ofGateways;
  const isMerged = madeOf?.ofGateways === ofGateways && madeOf.frontends === frontends;
  if (isMerged && previous !== undefined) return previous;
  const all = [...ofGateways, ...frontends].sort((a, b) => compareStrings(a.id, b.id));
  return keepList(previous, all);
}

/** A binding while it is put together. */
type Writable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };

function knownListeners(previous: PublishedBindings | undefined): ReadonlyMap<string, Listener> {
  const known = new Map<string, Listener>();
  for (const binding of previous?.bindings ?? [])
    for (const listener of binding.listeners) known.set(listener.id, listener);
  return known;
}

/** The routes of all listeners. */
interface AttachedTables {
  readonly tables: ListenerTables;
  readonly streams: StreamTables;
}

interface KnownTables extends AttachedTables {
  readonly reached: Omit<ReachedPorts, 'own'>;
  readonly known: KnownListeners;
}

interface KnownListeners {
  /** What they were made of, if of the same Gateways; else null. */
  readonly before: AttachedTables | null;
  readonly listeners: ReadonlyMap<string, Listener>;
}

function publishListener(accepted: AcceptedGateway, listener: AcceptedListener, tables: KnownTables): Listener {
  const { id, protocol } = listener.judged;
  const { before, listeners } = tables.known;
  const known = listeners.get(id);
  const isSame = before?.tables.get(id) === tables.tables.get(id) && before?.streams.get(id) === tables.streams.get(id);
  if (before !== null && isSame && known !== undefined) return known;
  switch (protocol?.listener) {
    case 'tls':
    case 'tcp':
    case 'udp':
      return keepStreams(known, streamListener(accepted, listener, { kind: protocol.listener, ...tables }));
    default:
      return publishRequestListener(accepted, listener, tables);
  }
}

function publishRequestListener(
  accepted: AcceptedGateway,
  listener: AcceptedListener,
  { tables, known, reached }: KnownTables,
): Listener {
  const { judged } = listener;
  const {
    health,
    trustedProxies,
    tracing: { tracing },
  } = accepted;
  const { filters } = judged.filters;
  const virtualHosts = tables.get(judged.id)?.virtualHosts ?? NO_HOSTS;
  const routing = {
    filters,
    virtualHosts,
    health,
    trustedProxies,
    tracing,
    ports: { own: ownPort(listener), ...reached },
  };
  const identity = identityOf(accepted, listener);
  const published: RequestListener =
    judged.protocol?.secure === true
      ? { kind: 'https', ...identity, tls: terminationOf(listener, accepted.forwardsClients), ...routing }
      : { kind: 'http', ...identity, ...routing };
  const before = known.listeners.get(judged.id);
  // Virtual hosts keep their identity where they are made; to compare what is in them would cost as much as all routes.
  const isSame = before !== undefined && routesRequests(before) && before.virtualHosts === virtualHosts;
  return isSame ? share<Listener>(before, published) : published;
}

/** As virtual hosts, server names keep their identity where they are made: there may be a hundred thousand. */
function keepStreams(before: Listener | undefined, now: StreamListener): Listener {
  if (now.kind !== 'tls') return share<Listener>(before, now);
  const isSame = before?.kind === 'tls' && before.serverNames === now.serverNames;
  return isSame ? share<Listener>(before, now) : now;
}

function streamListener(
  accepted: AcceptedGateway,
  listener: AcceptedListener,
  { kind, streams }: Pick<AttachedTables, 'streams'> & { readonly kind: StreamListener['kind'] },
): StreamListener {
  const identity = identityOf(accepted, listener);
  const serverNames = streams.get(listener.judged.id)?.serverNames ?? NO_NAMES;
  if (kind === 'tls') {
    const tls = listener.judged.protocol?.terminates === true ? terminationOf(listener, false) : null;
    return { kind, ...identity, tls, serverNames };
  }
  // No server name: what is attached is attached to all connections.
  return { kind, ...identity, rule: serverNames[0]?.rule ?? null };
}

type StreamListener = Exclude<Listener, RequestListener>;

function identityOf({ gateway }: AcceptedGateway, { judged }: AcceptedListener): ListenerIdentity {
  return {
    id: judged.id,
    gateway: namedBy(gateway),
    listenerSet: judged.owner === gateway ? null : namedBy(judged.owner),
    clients: null,
    name: judged.spec.name,
    hostname: judged.hostname,
  };
}

function namedBy({ metadata: { namespace, name } }: ListenerOwner): { namespace: string; name: string } {
  return { namespace, name };
}

function terminationOf({ judged }: AcceptedListener, isForwarded: boolean): TlsTermination {
  const clients = judged.clients === null ? null : { ...judged.clients.clients, isForwarded };
  return { certificates: judged.certificates.map(({ id }) => id), clients };
}

const NO_HOSTS: readonly VirtualHost[] = [];
const NO_NAMES: TlsListener['serverNames'] = [];

function keepBinding(before: Binding | undefined, now: Binding): Binding {
  const isSame =
    before?.address === now.address &&
    before.port === now.port &&
    before.admission === now.admission &&
    haveSameItems(before.proxyProtocolFrom, now.proxyProtocolFrom) &&
    haveSameItems(before.listeners, now.listeners);
  return isSame ? before : now;
}

function ownPort({ sockets, judged }: AcceptedListener): number {
  return sockets[0]?.reached ?? judged.spec.port;
}

function reachedPort({ listeners }: AcceptedGateway, port: number): number {
  const there = listeners.find(({ judged, sockets }) => judged.spec.port === port && sockets.length > 0);
  return there?.sockets[0]?.reached ?? port;
}
