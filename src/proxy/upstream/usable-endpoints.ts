// SPDX-License-Identifier: Apache-2.0

/** An endpoint's health check result. `unknown`: none yet, or not checked at all. */
export type Health = 'unknown' | 'healthy' | 'unhealthy';

export interface Candidate {
  readonly state: 'ready' | 'draining';
  readonly health: Health;
  readonly ejected: boolean;
  /** The last connect failed, and none has succeeded since. */
  readonly failing: boolean;
}

/** Below this share of healthy endpoints health is not believed (Envoy's `healthy_panic_threshold`). */
const PANIC_SHARE = 0.5;

/**
 * The endpoints that new streams may go to, in this order of concern:
 *
 * 1. `ready` ones; `draining` ones (terminating, but still serving) only when none is ready.
 * 2. Healthy ones: not found unhealthy and not ejected. An endpoint whose first check is still out waits, unless no
 *    result is known at all. When less than half are healthy, *all* are used, as Envoy does: so many failures at once
 *    are more likely the check's or the network's, and the few healthy ones would be crushed by the whole load.
 * 3. Those that could be connected to; all of them when every connect failed.
 */
export function usableEndpoints<E extends Candidate>(endpoints: readonly E[], checked: boolean): readonly E[] {
  const ready = endpoints.filter(endpoint => endpoint.state === 'ready');
  const serving = believedHealthy(ready.length > 0 ? ready : endpoints, checked);
  const reachable = serving.filter(endpoint => !endpoint.failing);
  return reachable.length > 0 ? reachable : serving;
}

/** The nearest first; equally near ones stay in their order. */
export function nearestFirst<E extends { readonly distance: number }>(usable: readonly E[]): readonly E[] {
  const isEven = usable.every(({ distance }) => distance === usable[0]?.distance);
  return isEven ? usable : usable.toSorted((a, b) => a.distance - b.distance);
}

/**
 * Of endpoints that can be used, the nearest first, those that the balancer chooses from: the nearest. The others are for sessions that are
 * there, and for tries when near ones have failed.
 */
export function nearestEndpoints<E extends { readonly distance: number }>(usable: readonly E[]): readonly E[] {
  const least = usable[0]?.distance;
  return least === usable.at(-1)?.distance ? usable : usable.filter(({ distance }) => distance === least);
}

function believedHealthy<E extends Candidate>(endpoints: readonly E[], checked: boolean): readonly E[] {
  const known = checked ? endpoints.filter(endpoint => endpoint.health !== 'unknown') : endpoints;
  if (known.length === 0) return endpoints;
  const healthy = known.filter(endpoint => endpoint.health !== 'unhealthy' && !endpoint.ejected);
  return healthy.length < known.length * PANIC_SHARE ? endpoints : healthy;
}
