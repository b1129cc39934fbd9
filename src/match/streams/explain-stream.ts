// SPDX-License-Identifier: Apache-2.0

import {
  type Listener,
  type Snapshot,
  type StreamBackend,
  type StreamRule,
  type TcpListener,
  transportOf,
  type UdpListener,
} from '../../snapshot/index.ts';
import { socketAddress } from '../../values/index.ts';
import { endpointsOf } from '../explain-answer.ts';
import type { ExplainedBackend } from '../explanation.ts';
import { formatShare } from '../rule-text.ts';
import type { StreamExplanation, StreamPlace, StreamQuestion, StreamRuleName } from './stream-explanation.ts';

/** Says who gets the connections, or the datagrams, of a port. Pure. */
export function explainStream(snapshot: Snapshot, question: StreamQuestion): StreamExplanation {
  const { transport, port } = question;
  const bindings = snapshot.bindings.filter(
    binding => binding.port === port && transportOf(binding.admission) === transport,
  );
  const places = bindings.flatMap(({ address, listeners }) =>
    listeners
      .filter(isOfStreams)
      .filter(listener => isAskedFor(listener, question))
      .map(listener => explainPlace(listener, socketAddress(address, port), snapshot)),
  );
  return { stream: { transport, port }, places };
}

type StreamListener = TcpListener | UdpListener;

function isOfStreams(listener: Listener): listener is StreamListener {
  return listener.kind === 'tcp' || listener.kind === 'udp';
}

function isAskedFor({ id, gateway, name }: StreamListener, asked: StreamQuestion): boolean {
  if (asked.gateway !== null && asked.gateway !== `${gateway.namespace}/${gateway.name}`) return false;
  return asked.listener === null || asked.listener === name || asked.listener === id;
}

function explainPlace({ id, kind, rule }: StreamListener, address: string, snapshot: Snapshot): StreamPlace {
  const refused = kind === 'udp' ? 'dropped' : 'closed at once';
  if (rule === null) {
    const answer = { kind: 'refused', text: `${refused}: no route is attached to the listener` } as const;
    return { address, listener: id, rule: null, backends: [], answer };
  }
  const backends = rule.backends.map(backend => explainBackend(backend, rule, snapshot));
  return { address, listener: id, rule: nameOf(rule), backends, answer: answerOf(rule, backends, refused) };
}

function nameOf({ origin: { kind, namespace, name, ruleName }, idleTimeoutMs }: StreamRule): StreamRuleName {
  return { route: `${kind}/${namespace}/${name}`, ruleName, idleTimeoutMs };
}

function explainBackend({ weight, target }: StreamBackend, rule: StreamRule, snapshot: Snapshot): ExplainedBackend {
  const share = (100 * weight) / rule.totalWeight;
  const shape = { weight, share, filters: [], asked: '', answer: '', tls: '' };
  if (target.kind === 'fault') return { cluster: '', ...shape, fault: target.fault.message, endpoints: [] };
  const endpoints = endpointsOf(target.cluster, snapshot);
  const isEmpty = endpoints !== 'dns' && endpoints.length === 0;
  return { cluster: target.cluster, ...shape, fault: isEmpty ? 'it has no ready endpoint' : '', endpoints };
}

function answerOf(rule: StreamRule, backends: readonly ExplainedBackend[], refused: string): StreamPlace['answer'] {
  if (rule.fault !== null) return { kind: 'refused', text: `${refused}: ${rule.fault.message}` };
  const lost = backends.filter(({ fault }) => fault !== '').reduce((sum, { share }) => sum + share, 0);
  if (lost >= 100) return { kind: 'refused', text: `${refused}: ${backends[0]?.fault}` };
  if (lost === 0) return { kind: 'forwarded', text: 'forwarded to one of the endpoints' };
  return { kind: 'forwarded', text: `forwarded to one of the endpoints; ${formatShare(lost)} % ${refused}` };
}
