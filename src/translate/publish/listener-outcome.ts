// SPDX-License-Identifier: Apache-2.0

import type { AcceptedListener, ListenersByOwner } from '../accept/gateways.ts';
import type { ListenerOwner } from '../listener-site.ts';
import type { ListenerOutcome } from '../outcomes.ts';
import type { AttachedRoutes } from './attached-routes.ts';

/** The outcomes of the listeners that `owner` has on its Gateway, in the order of `spec.listeners`. */
export function listenerOutcomes(
  owner: ListenerOwner,
  byOwner: ListenersByOwner,
  attached: AttachedRoutes,
): readonly ListenerOutcome[] {
  return (byOwner.get(owner) ?? []).map(listener => listenerOutcome(listener, attached));
}

function listenerOutcome(listener: AcceptedListener, attached: AttachedRoutes): ListenerOutcome {
  const { judged } = listener;
  return {
    id: judged.id,
    name: judged.spec.name,
    supportedKinds: judged.kinds,
    attachedRoutes: attached.get(judged.id) ?? 0,
    accepted: listener.accepted,
    conflicted: listener.conflicted,
    resolvedRefs: judged.resolvedRefs,
    programmed: listener.programmed,
    overlapping: listener.overlapping,
    note: listener.note,
  };
}
