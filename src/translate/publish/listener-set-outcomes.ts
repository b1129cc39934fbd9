// SPDX-License-Identifier: Apache-2.0

import type { ListenerSet } from '../../resources/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { type AcceptedGateway, type ListenersByOwner, listenersByOwner } from '../accept/gateways.ts';
import type { AcceptedSets } from '../accept/listener-sets.ts';
import type { ListenerOutcome, ListenerSetOutcome, Outcomes, Problem } from '../outcomes.ts';
import { findingOf, nameOf } from '../report.ts';
import type { AttachedRoutes } from './attached-routes.ts';
import { listenerOutcomes } from './listener-outcome.ts';

/** Sums up all ListenerSets that are ours, attached or not, by `namespace/name`. */
export function listenerSetOutcomes(
  { refused }: AcceptedSets,
  { gateways, attached }: { readonly gateways: Iterable<AcceptedGateway>; readonly attached: AttachedRoutes },
): Outcomes['listenerSets'] {
  const outcomes = new Map<string, ListenerSetOutcome>();
  const add = (set: ListenerSet, outcome: ListenerSetOutcome): void => {
    outcomes.set(formatNamespacedName(set.metadata), outcome);
  };
  for (const gateway of gateways) {
    const byOwner = listenersByOwner(gateway);
    for (const set of gateway.sets) add(set, attachedSet(set, gateway, { byOwner, attached }));
  }
  for (const { set, controllerName, problem } of refused)
    add(set, { controllerName, gateway: null, ...refusedAs(problem), listeners: [] });
  return outcomes;
}

function attachedSet(
  set: ListenerSet,
  accepted: AcceptedGateway,
  { byOwner, attached }: { readonly byOwner: ListenersByOwner; readonly attached: AttachedRoutes },
): ListenerSetOutcome {
  const { controllerName, key, refused } = accepted;
  const listeners = listenerOutcomes(set, byOwner, attached);
  const sum = refused === null ? sumUpSet(set, listeners) : refusedAs(parentNotAccepted(set, accepted, refused));
  return { controllerName, gateway: key, ...sum, listeners };
}

type SetSum = Pick<ListenerSetOutcome, 'accepted' | 'invalidListeners' | 'programmed'>;

function refusedAs(problem: NonNullable<ListenerSetOutcome['accepted']>): SetSum {
  return { accepted: problem, invalidListeners: [], programmed: problem };
}

/** What a ListenerSet is because of its listeners: one that carries no traffic is not valid, unless that is about to come. */
export function sumUpSet(set: ListenerSet, listeners: readonly ListenerOutcome[]): SetSum {
  const silent = listeners.filter(({ programmed }) => programmed !== null);
  const invalid = silent.filter(({ programmed }) => programmed?.reason !== 'Pending');
  const problem = silent.length === listeners.length ? noValidListener(set, silent) : null;
  return {
    accepted: invalid.length === listeners.length ? problem : null,
    invalidListeners: invalid.map(({ name }) => name),
    programmed: problem,
  };
}

function noValidListener(set: ListenerSet, invalid: readonly ListenerOutcome[]): Problem<'ListenersNotValid'> {
  const finding = findingOf('listener-set/no-valid-listener', set, {
    path: ['spec', 'listeners'],
    message: `No listener is valid: ${invalid.map(({ programmed }) => programmed?.finding.message).join('; ')}`,
    help: invalid[0]?.programmed?.finding.help ?? '',
  });
  return { reason: 'ListenersNotValid', finding };
}

function parentNotAccepted(
  set: ListenerSet,
  { gateway }: AcceptedGateway,
  refused: NonNullable<AcceptedGateway['refused']>,
): Problem<'ParentNotAccepted'> {
  const finding = findingOf('listener-set/parent-not-accepted', set, {
    path: ['spec', 'parentRef'],
    message: `${nameOf(gateway)} is not accepted (${refused.reason}), so its listeners carry no traffic`,
    help: 'See the conditions of the Gateway',
  });
  return { reason: 'ParentNotAccepted', finding };
}
