// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../errors/index.ts';
import { apiVersionOf, KINDS, type ResourceSet } from '../resources/index.ts';
import { faultOf, IMPLIED_CONTROLLER_NAME, type Outcomes, type Translation, updateMap } from '../translate/index.ts';
import { interned, share } from '../values/index.ts';
import { STATUS_ROWS, type Status, type StatusRow, type StatusSources } from './status-rows.ts';

/** By `Kind/namespace/name` (`GatewayClass/name`). */
export type Statuses = ReadonlyMap<string, Status>;

/** Statuses with what they were made of, so that the next time only changed objects cost anything. */
export interface WrittenStatuses {
  readonly byObject: Statuses;
  /** By object: making its status broke, by a fault of ours; it stays what it was, and all others are made. */
  readonly faults: ReadonlyMap<string, Finding>;
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
  const faults = new Map<string, Finding | undefined>();
  const madeOf = { outcomes, resources };
  const ours = ourControllers(outcomes, resources);
  const pass = { isOurs: (name: string) => ours.has(name), now };
  for (const row of STATUS_ROWS) {
    let last: Status | undefined;
    for (const name of row.changed(previous?.madeOf, madeOf)) {
      const id = interned(`${row.kind}/${name}`);
      const before = known.get(id);
      if (previous?.faults.has(id) === true) faults.set(id, undefined);
      try {
        const isRemade = row.isRemade(name, previous?.madeOf, madeOf);
        const status = row.make(name, isRemade ? undefined : before, madeOf, pass);
        if (status === before) continue;
        // Routes of one template have one status.
        last = status === undefined ? last : share(last, status);
        changes.set(id, status === undefined ? undefined : last);
      } catch (error) {
        faults.set(id, brokenStatus(row, name, error));
      }
    }
  }
  return { byObject: updateMap(known, changes), faults: updateMap(previous?.faults ?? NONE, faults), madeOf };
}

const NONE: ReadonlyMap<string, Finding> = new Map();

function brokenStatus({ kind }: Pick<StatusRow, 'kind'>, key: string, error: unknown): Finding {
  const [name = '', namespace = ''] = key.split('/').reverse();
  const { group = '', versions = [''] } = KINDS.get(kind) ?? {};
  const apiVersion = apiVersionOf(group, versions[0]);
  return faultOf('status/broken', { apiVersion, kind, metadata: { namespace, name } }, error);
}

/** The names of controllers whose entries in shared statuses are ours. */
export function ourControllers(outcomes: Outcomes, resources: ResourceSet): ReadonlySet<string> {
  const ours = new Set([IMPLIED_CONTROLLER_NAME]);
  for (const name of [outcomes.controllerName, outcomes.meshController]) if (name !== null) ours.add(name);
  for (const name of outcomes.gatewayClasses.keys()) {
    const gatewayClass = resources.gatewayClasses.get(name);
    if (gatewayClass !== undefined) ours.add(gatewayClass.spec.controllerName);
  }
  return ours;
}
