// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../resources/index.ts';
import { IMPLIED_CONTROLLER_NAME, type Outcomes, type Translation, updateMap } from '../translate/index.ts';
import { STATUS_ROWS, type Status, type StatusSources } from './status-rows.ts';

/** By `Kind/namespace/name` (`GatewayClass/name`). */
export type Statuses = ReadonlyMap<string, Status>;

/** Statuses with what they were made of, so that the next time only changed objects cost anything. */
export interface WrittenStatuses {
  readonly byObject: Statuses;
  readonly madeOf: StatusSources;
}

/**
 * The statuses of all objects that are ours. A condition's `lastTransitionTime` moves to `now` (RFC 3339) only when its
 * status changes; what was there before is looked up in `previous`, the result of the last call, else in the object itself.
 * An unchanged status is the same object as before, and takes hardly any time.
 */
export function statuses(
  { outcomes }: Pick<Translation, 'outcomes'>,
  resources: ResourceSet,
  previous: WrittenStatuses | null,
  now: string,
): WrittenStatuses {
  const known: Statuses = previous?.byObject ?? new Map();
  const changes = new Map<string, Status | undefined>();
  const madeOf = { outcomes, resources };
  const ours = ourControllers(outcomes, resources);
  const pass = { isOurs: (name: string) => ours.has(name), now };
  for (const row of STATUS_ROWS) {
    for (const name of row.changed(previous?.madeOf, madeOf)) {
      const id = `${row.kind}/${name}`;
      const before = known.get(id);
      const status = row.make(name, before, madeOf, pass);
      if (status !== before) changes.set(id, status);
    }
  }
  return { byObject: updateMap(known, changes), madeOf };
}

/** The names of controllers whose entries in shared statuses are ours. */
export function ourControllers(outcomes: Outcomes, resources: ResourceSet): ReadonlySet<string> {
  const ours = new Set([IMPLIED_CONTROLLER_NAME]);
  if (outcomes.meshController !== null) ours.add(outcomes.meshController);
  for (const name of outcomes.gatewayClasses.keys()) {
    const gatewayClass = resources.gatewayClasses.get(name);
    if (gatewayClass !== undefined) ours.add(gatewayClass.spec.controllerName);
  }
  return ours;
}
