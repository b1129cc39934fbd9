// SPDX-License-Identifier: Apache-2.0

import type { Condition } from '../resources/index.ts';
import type { Status } from './status-rows.ts';
import type { Statuses } from './statuses.ts';

/** A condition that is not as its owner wants it. */
export interface BrokenCondition {
  /** `Kind/namespace/name` (`Kind/name`). */
  readonly key: string;
  /** Of the object: `listener https`, `parent Gateway infra/gw`; '' for the object as a whole. */
  readonly part: string;
  /** `error`: something that is written is not served. `warning`: it is, with something to know. */
  readonly severity: 'error' | 'warning';
  readonly condition: Condition;
}

/** By type: the status that is broken, and how bad that is; the first of a part that is broken speaks for it. Others are never broken. */
const BROKEN: ReadonlyMap<string, Pick<BrokenCondition, 'severity'> & { readonly status: 'True' | 'False' }> = new Map([
  ['Accepted', { status: 'False', severity: 'error' }],
  ['Conflicted', { status: 'True', severity: 'error' }],
  ['ResolvedRefs', { status: 'False', severity: 'error' }],
  ['Programmed', { status: 'False', severity: 'error' }],
  ['AddressesAssigned', { status: 'False', severity: 'warning' }],
  ['PartiallyInvalid', { status: 'True', severity: 'warning' }],
  ['SupportedVersion', { status: 'False', severity: 'warning' }],
  ['OverlappingTLSConfig', { status: 'True', severity: 'warning' }],
]);
const TYPES = [...BROKEN.keys()];
/** The conditions of listeners say more than these reasons of those who have them. */
const SAID_BY_LISTENERS = ['ListenersNotValid', 'ListenersNotResolved'];

/** What of the statuses is broken, in their order. `isOurs`: by controllerName; entries of others are theirs to tell. */
export function brokenConditions(statuses: Statuses, isOurs: (controllerName: string) => boolean): BrokenCondition[] {
  const broken: BrokenCondition[] = [];
  for (const [key, status] of statuses) {
    for (const { part, conditions } of partsOf(status, isOurs)) {
      const worst = worstOf(conditions);
      if (worst !== undefined) broken.push({ key, part, ...worst });
    }
  }
  return broken;
}

interface Part {
  readonly part: string;
  readonly conditions: readonly Condition[];
}

function partsOf(status: Status, isOurs: (controllerName: string) => boolean): Part[] {
  if ('parents' in status) {
    const ours = status.parents.filter(entry => isOurs(entry.controllerName));
    return ours.map(entry => ({ part: `parent ${refText(entry.parentRef)}`, conditions: entry.conditions }));
  }
  if ('ancestors' in status) {
    const ours = status.ancestors.filter(entry => isOurs(entry.controllerName));
    return ours.map(entry => ({ part: `at ${refText(entry.ancestorRef)}`, conditions: entry.conditions }));
  }
  const listeners = 'listeners' in status ? (status.listeners ?? []) : [];
  return [
    { part: '', conditions: status.conditions ?? [] },
    ...listeners.map(({ name, conditions }) => ({ part: `listener ${name}`, conditions })),
  ];
}

function worstOf(conditions: readonly Condition[]): Pick<BrokenCondition, 'severity' | 'condition'> | undefined {
  for (const type of TYPES) {
    const condition = conditions.find(one => one.type === type);
    const rule = BROKEN.get(type);
    if (condition === undefined || rule === undefined || condition.status !== rule.status) continue;
    if (!SAID_BY_LISTENERS.includes(condition.reason)) return { severity: rule.severity, condition };
  }
  return undefined;
}

interface Ref {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
}

function refText({ kind = 'Gateway', namespace, name, sectionName }: Ref): string {
  const place = namespace === undefined ? name : `${namespace}/${name}`;
  return `${kind} ${place}${sectionName === undefined ? '' : ` (${sectionName})`}`;
}
