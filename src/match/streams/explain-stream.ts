// SPDX-License-Identifier: Apache-2.0

/** Says who gets a stream. Of TLS, listener and route come from the compiled binding that the proxy asks. */
import type { Binding, Listener, ServerNameRoute, Snapshot, StreamBackend, StreamRule } from '../../snapshot/index.ts';
import { ANY_HOST, hostnameMatches, socketAddress } from '../../values/index.ts';
import { type CompiledBinding, compileBinding, type HostOwner } from '../compiled-binding.ts';
import { clientsOf, explainFrontend, isAskedFrontend } from '../explain-frontend.ts';
import { explainOtherListeners, isAskedFor } from '../explain-listeners.ts';
import { explainTarget } from '../explain-target.ts';
import type { ExplainedBackend, OtherHost } from '../explanation.ts';
import { formatShare } from '../rule-text.ts';
import { CompiledTlsListener } from './compiled-tls-listener.ts';
import type { StreamExplanation, StreamPlace, StreamQuestion } from './stream-explanation.ts';

const MAX_OTHER_NAMES = 20;
const ADMISSIONS = { tcp: 'stream', tls: 'client-hello', udp: 'datagrams' } as const;

/** Says who gets the connections of a port or a server name, or the datagrams of a port. Pure. */
export function explainStream(snapshot: Snapshot, question: StreamQuestion): StreamExplanation {
  const clients = clientsOf(question, snapshot);
  const places = snapshot.bindings
    .filter(binding => isAskedFrontend(binding, question))
    .filter(binding => binding.frontend !== null || isPlaceOf(binding, question))
    .map(binding => compileBinding(binding).forClientsOf(clients))
    .filter(({ binding }) => isPlaceOf(binding, question))
    .map(compiled => explainStreamTable(compiled, { snapshot, clients, serverName: serverNameOf(question) }));
  const rank = ({ answer }: StreamPlace): number => (answer.kind === 'refused' ? 1 : 0);
  const { gateway: _, listener: __, clientNamespace: ___, to: ____, ...stream } = question;
  return { stream, places: places.sort((a, b) => rank(a) - rank(b)) };
}

function isPlaceOf({ admission, port, frontend, listeners }: Binding, question: StreamQuestion): boolean {
  if (admission !== ADMISSIONS[question.transport] && !passesAll(admission, frontend, question)) return false;
  if (question.port !== null && question.port !== (frontend?.port ?? port)) return false;
  return listeners.some(listener => isAskedFor(listener, question));
}

/** What passes all bytes of a Service's port passes TLS. */
function passesAll(admission: Binding['admission'], frontend: Binding['frontend'], question: StreamQuestion): boolean {
  return frontend !== null && admission === 'stream' && question.transport === 'tls';
}

function serverNameOf(question: StreamQuestion): string | null {
  return question.transport === 'tls' ? question.serverName : null;
}

/** What becomes of a stream at a binding, or at what the client of a frontend meets of it. `serverName` null: it is not TLS. */
export function explainStreamTable(
  compiled: CompiledBinding,
  {
    snapshot,
    clients,
    serverName,
  }: { readonly snapshot: Snapshot; readonly clients: string; readonly serverName: string | null },
): StreamPlace {
  const { binding } = compiled;
  const { frontend } = binding;
  const place = explainPlace(compiled, snapshot, serverName ?? '');
  const [listener] = binding.listeners;
  if (frontend === null || listener === undefined) return place;
  return { ...place, frontend: explainFrontend(frontend, { listener, clients, isTaken: place.rule !== null }) };
}

function explainPlace(compiled: CompiledBinding, snapshot: Snapshot, serverName: string): StreamPlace {
  const { binding } = compiled;
  const address = socketAddress(binding.address, binding.port);
  const [listener] = binding.listeners;
  if (listener?.kind === 'tcp' || listener?.kind === 'udp') {
    const { rule } = listener;
    const refused = listener.kind === 'udp' ? 'dropped' : 'reset';
    const none = `${refused}: no route is attached to the listener`;
    const found = rule === null ? refuse(listener.id, none) : take(listener, { hostname: ANY_HOST, rule }, snapshot);
    return { address, ...NOTHING, ...found };
  }
  const owner = compiled.ownerOf(serverName);
  const otherListeners = explainOtherListeners(compiled, owner, serverName);
  const refused = compiled.tlsListeners.length > 0 ? 'reset' : 'refused with an alert (unrecognized_name)';
  return { address, ...NOTHING, otherListeners, ...explainOwner(owner, serverName, { snapshot, refused }) };
}

const NOTHING = { frontend: null, mode: '', otherListeners: [], otherNames: [] } as const;

type Found = Pick<StreamPlace, 'listener' | 'rule' | 'backends' | 'answer'> &
  Partial<Pick<StreamPlace, 'mode' | 'otherNames'>>;

function explainOwner(
  owner: HostOwner | undefined,
  serverName: string,
  { snapshot, refused }: { readonly snapshot: Snapshot; readonly refused: string },
): Found {
  const asked = serverName === '' ? 'a connection without server name' : `server name ${serverName}`;
  if (owner === undefined) return refuse(null, `${refused}: no listener takes ${asked}`);
  const { listener } = owner;
  if (!(owner instanceof CompiledTlsListener)) {
    const text = 'TLS ends here, and each request is routed by itself: ask with --http or --grpc';
    return { listener: listener.id, mode: 'HTTPS', rule: null, backends: [], answer: { kind: 'answered', text } };
  }
  const mode = owner.listener.tls === null ? 'TLS is passed on as it comes' : 'TLS ends here';
  const otherNames = otherNamesOf(owner.listener.serverNames, serverName);
  const route = owner.routeFor(serverName);
  const none = `${refused}: no route of the listener takes ${asked}`;
  const found = route === undefined ? refuse(listener.id, none) : take(listener, route, snapshot);
  return { ...found, mode, otherNames };
}

function refuse(listener: string | null, text: string): Found {
  return { listener, rule: null, backends: [], answer: { kind: 'refused', text } };
}

function take(listener: Listener, { hostname, rule }: ServerNameRoute, snapshot: Snapshot): Found {
  const { ruleName } = rule.origin;
  const endsTls = listener.kind === 'tls' && listener.tls !== null;
  const backends = rule.backends.map(backend => explainBackend(backend, rule, snapshot));
  return {
    listener: listener.id,
    rule: {
      route: routeName(rule),
      ruleName,
      hostname,
      idleTimeoutMs: rule.idleTimeoutMs,
      alpn: endsTls ? rule.alpn : [],
    },
    backends,
    answer: answerOf(rule, backends, listener.kind === 'udp' ? 'dropped' : 'reset'),
  };
}

function explainBackend({ weight, target }: StreamBackend, rule: StreamRule, snapshot: Snapshot): ExplainedBackend {
  const share = (100 * weight) / rule.totalWeight;
  return { weight, share, filters: [], asked: '', answer: '', session: '', ...explainTarget(target, snapshot) };
}

function answerOf(rule: StreamRule, backends: readonly ExplainedBackend[], refused: string): StreamPlace['answer'] {
  if (rule.fault !== null) return { kind: 'refused', text: `${refused}: ${rule.fault.message}` };
  const failing = backends.filter(({ fault }) => fault !== '');
  if (failing.length === backends.length) return { kind: 'refused', text: `${refused}: ${backends[0]?.fault}` };
  if (failing.length === 0) return { kind: 'forwarded', text: 'forwarded to one of the endpoints' };
  const lost = failing.reduce((sum, { share }) => sum + share, 0);
  return { kind: 'forwarded', text: `forwarded to one of the endpoints; ${formatShare(lost)} % ${refused}` };
}

function otherNamesOf(routes: readonly ServerNameRoute[], serverName: string): readonly OtherHost[] {
  return routes
    .filter(({ hostname }) => !hostnameMatches(hostname, serverName))
    .slice(0, MAX_OTHER_NAMES)
    .map(({ hostname, rule }) => ({
      host: hostname,
      routes: [routeName(rule)],
      reason: `hostname ${hostname} does not take ${serverName || 'a connection without server name'}`,
    }));
}

function routeName({ origin: { kind, namespace, name } }: StreamRule): string {
  return `${kind}/${namespace}/${name}`;
}
