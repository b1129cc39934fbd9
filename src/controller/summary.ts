// SPDX-License-Identifier: Apache-2.0
import type { Binding } from '../snapshot/index.ts';
import type { GatewayOutcome, ListenerOutcome } from '../translate/index.ts';
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
  readonly name: string;
  readonly protocol: string;
  /** '' when it takes any. */
  readonly hostname: string;
  /** As really bound; null when it is not. */
  readonly bound: { readonly address: string; readonly port: number } | null;
  /** As the Gateway has it. */
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
  readonly gateway: { readonly namespace: string; readonly name: string };
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
    listeners.flatMap(({ name, hostname, bound, writtenPort, isTls }) =>
      bound === null ? [] : [{ gateway: { namespace, name: gateway }, name, hostname, ...bound, writtenPort, isTls }],
    ),
  );
}

/** All Gateways that are ours, in the order of the resources. */
export function summarizeGateways(view: View): GatewaySummary[] {
  const bound = bindingsByListener(view.published.bindings);
  const summaries: GatewaySummary[] = [];
  for (const [key, outcome] of view.translation.outcomes.gateways) {
    const gateway = view.resources.gateways.get(key);
    if (gateway === undefined) continue;
    const { namespace, name } = gateway.metadata;
    summaries.push({
      namespace,
      name,
      className: gateway.spec.gatewayClassName,
      listeners: outcome.listeners.map(listener => {
        const spec = gateway.spec.listeners.find(one => one.name === listener.name);
        const problem = problemOf(listener);
        const binding = bound.get(`${key}/${listener.name}`);
        return {
          name: listener.name,
          protocol: spec?.protocol ?? '',
          hostname: spec?.hostname ?? '',
          bound:
            binding === undefined || listener.programmed !== null
              ? null
              : { address: binding.address, port: binding.port },
          writtenPort: spec?.port ?? 0,
          isTls: spec?.tls !== undefined,
          attachedRoutes: listener.attachedRoutes,
          problem,
          note: listener.note,
        };
      }),
      problem: gatewayProblem(outcome),
    });
  }
  return summaries;
}

function bindingsByListener(bindings: readonly Binding[]): Map<string, Binding> {
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
