// SPDX-License-Identifier: Apache-2.0

/** What becomes of a client's connection or request at a port of a Service: the three ways of a mesh (GEP-1294, "Route presence"). */
import type { Binding, Frontend, Listener, Snapshot } from '../snapshot/index.ts';
import { ClientNamespaces, UNKNOWN_CLIENTS } from './client-namespaces.ts';
import type { ExplainedFrontend, Question } from './explanation.ts';
import type { StreamQuestion } from './streams/stream-explanation.ts';

/** Whose the client is, as far as the question tells. */
export function clientsOf(
  { clientNamespace, client = null }: Pick<Question, 'clientNamespace'> & { readonly client?: string | null },
  { clients }: Pick<Snapshot, 'clients'>,
): string {
  if (clientNamespace !== null) return clientNamespace;
  return client === null ? UNKNOWN_CLIENTS : new ClientNamespaces(clients).namespaceOf(client);
}

/** True for a binding that a question about a Service, or about none, is about. */
export function isAskedFrontend({ frontend }: Binding, { to }: Pick<Question | StreamQuestion, 'to'>): boolean {
  if (to === null) return true;
  if (frontend === null || `${frontend.namespace}/${frontend.name}` !== to.service) return false;
  return to.port === null || frontend.port === to.port;
}

/** `listener`: the one that the client meets. `isTaken`: a rule of it takes what is asked about. */
export function explainFrontend(
  { namespace, name, port }: Frontend,
  { listener, clients, isTaken }: { readonly listener: Listener; readonly clients: string; readonly isTaken: boolean },
): ExplainedFrontend {
  const service = `${namespace}/${name}:${port}`;
  const who = clients === UNKNOWN_CLIENTS ? 'clients whose namespace is not known' : `clients of namespace ${clients}`;
  const shape = { service, clientNamespace: clients };
  if (isUnrouted(listener))
    return { ...shape, flow: 'a', why: `no route is for ${who}, so the Service's own endpoints get all bytes` };
  const group =
    listener.clients === null
      ? `routes of namespace ${namespace} (producer) are for all clients that no consumer's route is for`
      : `routes of namespace ${listener.clients} (consumer) are for its clients, in place of those of namespace ${namespace}`;
  return isTaken
    ? { ...shape, flow: 'b', why: `${group}; one of them takes it` }
    : { ...shape, flow: 'c', why: `${group}; none of them takes it, so it is refused` };
}

/** Its rule is the Service itself. */
function isUnrouted(listener: Listener): boolean {
  return listener.kind === 'tcp' && listener.rule?.origin.kind === 'Service';
}
