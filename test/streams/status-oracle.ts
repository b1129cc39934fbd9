// SPDX-License-Identifier: Apache-2.0

/** What statuses of a world must say, by the text of the Gateway API. */
import assert from 'node:assert/strict';
import {
  attachedTo,
  attachment,
  conflictOf,
  hasInvalidKinds,
  kindsOf,
  refProblem,
  type Site,
  sitesOf,
} from './oracle.ts';
import type { World, WrittenOwner, WrittenRoute } from './world.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

interface ListenerStatus {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly supportedKinds: readonly { readonly kind: string }[];
  readonly attachedRoutes: number;
}

/** As much of the status of any object as is looked at. */
export interface SaidStatus {
  readonly conditions: readonly Condition[];
  readonly listeners: readonly ListenerStatus[];
  readonly attachedListenerSets?: number;
  readonly parents: readonly { readonly conditions: readonly Condition[] }[];
}

/** `STATUS/REASON`; '': the condition is not there. */
function said(conditions: readonly Condition[], type: string): string {
  const found = conditions.find(one => one.type === type);
  return found === undefined ? '' : `${found.status}/${found.reason}`;
}

/** Throws where a status says something else. */
export function assertStatuses(world: World, statusOf: (key: string) => SaidStatus | undefined): void {
  const sites = sitesOf(world);
  for (const owner of world.owners) {
    const at = `${owner.parent === null ? 'Gateway' : 'ListenerSet'}/${owner.namespace}/${owner.name}`;
    const status = statusOf(at);
    assert.ok(status !== undefined, at);
    for (const site of sites.filter(one => one.owner === owner)) assertListener(site, { world, sites, status, at });
    if (owner.parent === null) assertGateway(owner, sites, status);
    else assertSet(owner, sites, status);
  }
  for (const route of world.routes) {
    const status = statusOf(`${route.kind}/${route.namespace}/${route.name}`);
    assertRoute(route, world, status?.parents ?? []);
  }
}

interface Seen {
  readonly world: World;
  readonly sites: readonly Site[];
  readonly status: SaidStatus;
  readonly at: string;
}

function assertListener(site: Site, { world, sites, status, at: owner }: Seen): void {
  const { listener } = site;
  const at = `${owner}/${listener.name}`;
  const entry = status.listeners.find(({ name }) => name === listener.name);
  assert.ok(entry !== undefined, at);
  const { conditions } = entry;
  const conflicts = conflictOf(site, sites);
  if (conflicts.length === 0) {
    assert.match(said(conditions, 'Conflicted'), /^(False\/NoConflicts)?$/, at);
    assert.equal(said(conditions, 'Accepted'), 'True/Accepted', at);
    if (kindsOf(listener).length > 0) assert.equal(said(conditions, 'Programmed'), 'True/Programmed', at);
  }
  for (const [type, value] of [
    ['Conflicted', 'True'],
    ['Accepted', 'False'],
    ['Programmed', 'False'],
  ] as const)
    if (conflicts.length > 0)
      assert.ok(conflicts.map(reason => `${value}/${reason}`).includes(said(conditions, type)), `${at} ${type}`);
  const refs = hasInvalidKinds(listener) ? 'False/InvalidRouteKinds' : 'True/ResolvedRefs';
  assert.equal(said(conditions, 'ResolvedRefs'), refs, at);
  assert.deepEqual(entry.supportedKinds.map(({ kind }) => kind).sort(), [...kindsOf(listener)].sort(), at);
  assert.equal(entry.attachedRoutes, attachedTo(site, world, sites).length, at);
}

function isSound(site: Site, sites: readonly Site[]): boolean {
  return conflictOf(site, sites).length === 0;
}

function assertGateway(owner: WrittenOwner, sites: readonly Site[], status: SaidStatus): void {
  const own = sites.filter(one => one.owner === owner);
  const accepted = said(status.conditions, 'Accepted');
  if (own.every(one => isSound(one, sites))) assert.equal(accepted, 'True/Accepted');
  else assert.match(accepted, /\/ListenersNotValid$/);
  const sets = sites.filter(one => one.gateway === owner && one.owner !== owner && isSound(one, sites));
  assert.equal(status.attachedListenerSets ?? 0, new Set(sets.map(one => one.owner)).size);
}

function assertSet(owner: WrittenOwner, sites: readonly Site[], status: SaidStatus): void {
  const own = sites.filter(one => one.owner === owner);
  const accepted = said(status.conditions, 'Accepted');
  if (own.length === 0) assert.match(accepted, /^False\/(NotAllowed|ParentNotAccepted)$/);
  else if (own.some(one => isSound(one, sites))) assert.match(accepted, /^True\//);
  else assert.equal(accepted, 'False/ListenersNotValid');
}

function assertRoute(route: WrittenRoute, world: World, parents: SaidStatus['parents']): void {
  const problems = route.backends.map(to => refProblem(route, to, world)).filter(one => one !== '');
  const resolved = problems.length === 0 ? ['True/ResolvedRefs'] : problems.map(reason => `False/${reason}`);
  assert.equal(parents.length, route.parents.length);
  for (const [index, ref] of route.parents.entries()) {
    const at = `${route.kind}/${route.namespace}/${route.name} at ${JSON.stringify(ref)}`;
    const conditions = parents[index]?.conditions ?? [];
    const to = attachment(route, ref, sitesOf(world));
    assert.equal(said(conditions, 'Accepted'), typeof to === 'string' ? `False/${to}` : 'True/Accepted', at);
    assert.ok(resolved.includes(said(conditions, 'ResolvedRefs')), at);
  }
}
