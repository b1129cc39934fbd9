// SPDX-License-Identifier: Apache-2.0
import type { Gateway, ListenerSet } from '../../resources/index.ts';
import type { Binding } from '../../snapshot/index.ts';
import type { GatewayOutcome, ListenerOutcome } from '../../translate/index.ts';
import type { NamespacedName } from '../../values/index.ts';
import type { View } from './view.ts';

/** A Gateway as the start-up table and `/status` show it. */
export interface GatewaySummary {
  readonly namespace: string;
  readonly name: string;
  readonly className: string;
  readonly listeners: readonly ListenerSummary[];
  /** What keeps the Gateway as a whole from working; '' when nothing does. */
  readonly problem: string;
}

export interface ListenerSummary {
  readonly id: string;
  /** The ListenerSet that adds it to the Gateway; null: it is the Gateway's own. */
  readonly listenerSet: NamespacedName | null;
  readonly name: string;
  readonly protocol: string;
  /** '' when it takes any. */
  readonly hostname: string;
  /** As really bound; null when it is not. */
  readonly bound: { readonly address: string; readonly port: number } | null;
  /** As it is written. */
  readonly writtenPort: number;
  readonly isTls: boolean;
  readonly attachedRoutes: number;
  /** What keeps it from working; '' when nothing does. */
  readonly problem: string;
  /** That it is bound at another port than written, and why; '' when it is not. */
  readonly note: string;
}

/** A listener that takes connections. */
export interface BoundListener {
  readonly gateway: NamespacedName;
  readonly listenerSet: NamespacedName | null;
  readonly name: string;
  readonly hostname: string;
  readonly address: string;
  readonly port: number;
  readonly writtenPort: number;
  readonly isTls: boolean;
}

/** The listeners that are bound, in the order of the Gateways. */
export function boundListeners(gateways: readonly GatewaySummary[]): BoundListener[] {
  return gateways.flatMap(({ namespace, name: gateway, listeners }) =>
    listeners.flatMap(({ listenerSet, name, hostname, bound, writtenPort, isTls }) => {
      const owner = { gateway: { namespace, name: gateway }, listenerSet };
      return bound === null ? [] : [{ ...owner, name, hostname, ...bound, writtenPort, isTls }];
    }),
  );
}

/** All Gateways that are ours, in the order of the resources, each with its own listeners, then those of its ListenerSets. */
export function summarizeGateways(view: View): GatewaySummary[] {
  const bound = bindingsByListener(view.published.bindings);
  const added = addedListeners(view, bound);
  const summaries: GatewaySummary[] = [];
  for (const [key, outcome] of view.translation.outcomes.gateways) {
    const gateway = view.resources.gateways.get(key);
    if (gateway === undefined) continue;
    const { namespace, name } = gateway.metadata;
    summaries.push({
      namespace,
      name,
      className: gateway.spec.gatewayClassName,
      listeners: [...summarizeListeners(gateway, outcome.listeners, bound), ...(added.get(key) ?? [])],
      problem: gatewayProblem(outcome),
    });
  }
  return summaries;
}

/** Listeners of ListenerSets, by the Gateway that they are attached to. */
function addedListeners({ resources, translation }: View, bound: Bound): ReadonlyMap<string, ListenerSummary[]> {
  const added = new Map<string, ListenerSummary[]>();
  for (const [key, { gateway, listeners }] of translation.outcomes.listenerSets) {
    const set = resources.listenerSets.get(key);
    if (set === undefined || gateway === null) continue;
    const summaries = added.get(gateway) ?? [];
    summaries.push(...summarizeListeners(set, listeners, bound));
    added.set(gateway, summaries);
  }
  return added;
}

function summarizeListeners(
  { kind, metadata, spec }: Gateway | ListenerSet,
  outcomes: readonly ListenerOutcome[],
  bound: Bound,
): ListenerSummary[] {
  const { namespace, name } = metadata;
  const listenerSet = kind === 'ListenerSet' ? { namespace, name } : null;
  return outcomes.map(outcome => {
    const written = spec.listeners.find(one => one.name === outcome.name);
    const binding = outcome.programmed === null ? bound.get(outcome.id) : undefined;
    return {
      id: outcome.id,
      listenerSet,
      name: outcome.name,
      protocol: written?.protocol ?? '',
      hostname: written?.hostname ?? '',
      bound: binding === undefined ? null : { address: binding.address, port: binding.port },
      writtenPort: written?.port ?? 0,
      isTls: written?.tls !== undefined,
      attachedRoutes: outcome.attachedRoutes,
      problem: problemOf(outcome),
      note: outcome.note,
    };
  });
}

/** By listener id. */
type Bound = ReadonlyMap<string, Binding>;

function bindingsByListener(bindings: readonly Binding[]): Bound {
  const bound = new Map<string, Binding>();
  for (const binding of bindings) for (const listener of binding.listeners) bound.set(listener.id, binding);
  return bound;
}

function problemOf(listener: ListenerOutcome): string {
  const problem = listener.conflicted ?? listener.accepted ?? listener.resolvedRefs ?? listener.programmed;
  return problem?.finding.message ?? '';
}

function gatewayProblem({ accepted, programmed, resolvedRefs }: GatewayOutcome): string {
  // A listener's own line says what is wrong with it.
  if (accepted?.reason === 'ListenersNotValid' || resolvedRefs?.reason === 'ListenersNotResolved') return '';
  return (accepted ?? programmed ?? resolvedRefs)?.finding.message ?? '';
}
