// SPDX-License-Identifier: Apache-2.0
import type { FrontendGate } from '../mesh/frontend-gate.ts';
import type { View } from '../shown/view.ts';

/** A socket that the resources want and the operating system refuses. */
export interface UnboundSocket {
  readonly address: string;
  readonly port: number;
  /** `namespace/gateway/listener`, each that waits for it. */
  readonly listeners: readonly string[];
  /** Why, in one clause. */
  readonly problem: string;
}

/** Whether all that the resources want is served. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string; readonly unbound: readonly UnboundSocket[] };

/** What must work besides sockets. */
export interface ServingParts {
  readonly workers: { readonly running: number; readonly wanted: number };
  readonly gate: Pick<FrontendGate, 'problem'> | null;
}

/** Ready means: running, every wanted socket is bound, a worker takes its connections, and they come here. */
export function readinessOf(
  state: 'starting' | 'running' | 'draining',
  view: View | null,
  { workers, gate }: ServingParts,
): Readiness {
  const unbound = view === null ? [] : unboundSockets(view);
  if (state !== 'running' || view === null) return { ready: false, reason: state, unbound };
  if (workers.running === 0) return { ready: false, reason: 'no worker runs; one is being started', unbound };
  if (gate !== null && gate.problem !== null) return { ready: false, reason: gate.problem, unbound };
  if (unbound.length === 0) return { ready: true };
  const of = `${unbound.length} of ${view.published.bindings.length} sockets`;
  return { ready: false, reason: `${of} cannot be bound`, unbound };
}

/** Asked after each reload, and there may be thousands of sockets: none is looked at where all could be bound. */
function unboundSockets({ published, bindFailures }: View): UnboundSocket[] {
  if (bindFailures.size === 0) return [];
  return published.bindings.flatMap(({ id, address, port, listeners }) => {
    const failure = bindFailures.get(id);
    if (failure === undefined) return [];
    return [{ address, port, listeners: listeners.map(one => one.id), problem: failure.message }];
  });
}
