// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Condition, RouteParentStatus } from '../resources/index.ts';
import type { GatewayStatus } from './gateway-status.ts';
import type { RouteStatus } from './route-status.ts';
import { mergeStatus, type StatusJson } from './stored-status.ts';

const OURS = 'daemun.dev/gateway-controller';
const GATEWAY_GROUP = 'gateway.networking.k8s.io';

function condition(type: string, more: Partial<Condition> = {}): Condition {
  const base = { type, status: 'True' as const, reason: type, message: '', lastTransitionTime: 'T1' };
  return { ...base, observedGeneration: 1, ...more };
}

function entry(name: string, controllerName: string, conditions: readonly Condition[]) {
  return { parentRef: { group: GATEWAY_GROUP, kind: 'Gateway', name }, controllerName, conditions };
}

const ROUTE = { kind: 'HTTPRoute', controllerName: OURS };

/** A value as it comes back from the wire: another object, with the same bytes. */
const sent = (value: unknown): StatusJson => JSON.parse(JSON.stringify(value));

describe('mergeStatus', () => {
  it('renews its own entry in its place and leaves those of others as they are', () => {
    const [first, last] = [
      { ...entry('theirs', 'example.com/a', []), future: { field: [1] } },
      entry('gw', 'example.com/b', [condition('Accepted', { observedGeneration: 9 })]),
    ];
    const stored = sent({ parents: [first, entry('gw', OURS, [condition('Accepted')]), last] });
    const refused = condition('Accepted', { status: 'False', reason: 'NoMatchingParent', lastTransitionTime: 'T2' });
    const merged = mergeStatus(stored, { parents: [entry('gw', OURS, [refused])] }, ROUTE);
    assert.deepEqual(merged, { parents: [first, entry('gw', OURS, [refused]), last] });
  });

  it('takes out what it wrote about parents that are gone, also when nothing of the route is ours any more', () => {
    const theirs = entry('gw', 'example.com/a', []);
    const stored = sent({ parents: [entry('old', OURS, [condition('Accepted')]), theirs] });
    assert.deepEqual(mergeStatus(stored, { parents: [] }, ROUTE), { parents: [theirs] });
    assert.deepEqual(mergeStatus(stored, undefined, ROUTE), { parents: [theirs] });
    const untouched = sent({ parents: [theirs] });
    assert.equal(mergeStatus(untouched, undefined, ROUTE), untouched);
    assert.equal(mergeStatus(undefined, undefined, ROUTE), undefined);
    assert.equal(mergeStatus(undefined, { parents: [] }, ROUTE), undefined);
  });

  it('finds its entry whatever the order of fields in the reference', () => {
    const { parentRef, controllerName } = entry('gw', OURS, []);
    const turned = Object.fromEntries(Object.entries(parentRef).toReversed());
    const stored = sent({ parents: [{ parentRef: turned, controllerName, conditions: [condition('Accepted')] }] });
    assert.equal(mergeStatus(stored, { parents: [entry('gw', OURS, [condition('Accepted')])] }, ROUTE), stored);
  });

  for (const [kind, most] of [
    ['BackendTLSPolicy', 16],
    ['XBackendTrafficPolicy', 16],
    ['XBackend', 32],
  ] as const) {
    it(`keeps within the ${most} entries that the API takes of a ${kind}`, () => {
      const policy = { kind, controllerName: OURS };
      const ancestor = (name: string, controllerName: string) => ({
        ancestorRef: { group: GATEWAY_GROUP, kind: 'Gateway', namespace: 'a', name },
        controllerName,
        conditions: [],
      });
      const theirs = Array.from({ length: most - 1 }, (_, index) => ancestor(`g${index}`, 'example.com/a'));
      const merged = mergeStatus(
        sent({ ancestors: theirs }),
        { ancestors: [ancestor('x', OURS), ancestor('y', OURS)] },
        policy,
      );
      assert.deepEqual(merged?.['ancestors'], [...theirs, ancestor('x', OURS)]);
    });
  }

  it('keeps conditions of other types at a Gateway and at its listeners, and fields that it does not know', () => {
    const foreign = condition('example.com/Nice', { observedGeneration: 1, lastTransitionTime: 'T0' });
    const listener = (name: string, conditions: readonly Condition[]) => ({
      name,
      supportedKinds: [{ group: GATEWAY_GROUP, kind: 'HTTPRoute' }],
      attachedRoutes: 1,
      conditions,
    });
    const stored = sent({
      conditions: [foreign, condition('Accepted')],
      listeners: [listener('gone', []), listener('http', [condition('Accepted'), foreign])],
      future: 1,
    });
    const accepted = condition('Accepted', { observedGeneration: 2, lastTransitionTime: 'T2' });
    const ours: GatewayStatus = {
      addresses: [{ type: 'IPAddress', value: '10.0.0.1' }],
      conditions: [accepted],
      listeners: [listener('http', [accepted])],
    };
    const renewed = { ...accepted, lastTransitionTime: 'T1' };
    const merged = mergeStatus(stored, ours, { kind: 'Gateway', controllerName: OURS });
    assert.deepEqual(merged, {
      conditions: [foreign, renewed],
      listeners: [listener('http', [renewed, foreign])],
      future: 1,
      addresses: [{ type: 'IPAddress', value: '10.0.0.1' }],
    });
    assert.equal(
      mergeStatus(merged, ours, { kind: 'Gateway', controllerName: OURS }),
      merged,
      'nothing is left to write',
    );
  });

  it('does not write what it once read of others: neither back nor over what they say now', () => {
    const once = condition('example.com/Nice', { lastTransitionTime: 'T0' });
    const now = condition('example.com/Nice', { status: 'False', lastTransitionTime: 'T5' });
    const ours = { addresses: [], conditions: [once, condition('Accepted')], listeners: [] };
    const target = { kind: 'Gateway', controllerName: OURS };
    const changed = sent({ addresses: [], conditions: [condition('Accepted'), now], listeners: [] });
    assert.equal(mergeStatus(changed, ours, target), changed);
    const removed = sent({ addresses: [], conditions: [condition('Accepted')], listeners: [] });
    assert.equal(mergeStatus(removed, ours, target), removed);
    const none = mergeStatus(
      undefined,
      { ...ours, listeners: [{ name: 'a', attachedRoutes: 0, conditions: [once] }] },
      target,
    );
    assert.deepEqual(none, {
      addresses: [],
      conditions: [condition('Accepted')],
      listeners: [{ name: 'a', attachedRoutes: 0, conditions: [] }],
    });
  });

  it('puts what is so in the place of what says to be about a generation that the object does not have', () => {
    const stored = sent({
      parents: [entry('gw', OURS, [condition('Accepted', { status: 'False', observedGeneration: 3 })])],
    });
    const ours: RouteStatus = { parents: [entry('gw', OURS, [condition('Accepted', { observedGeneration: 2 })])] };
    assert.deepEqual(mergeStatus(stored, ours, ROUTE), ours);
  });
});

const type = fc.constantFrom('Accepted', 'ResolvedRefs', 'PartiallyInvalid', 'example.com/A', 'example.com/B');
const conditions = fc.uniqueArray(
  fc.record(
    {
      type,
      status: fc.constantFrom('True' as const, 'False' as const),
      reason: fc.constantFrom('R', 'S'),
      message: fc.constantFrom('', 'm'),
      lastTransitionTime: fc.constantFrom('T0', 'T1'),
      observedGeneration: fc.nat({ max: 3 }),
    },
    { noNullPrototype: true },
  ),
  { selector: each => each.type },
);
const entries = (controllers: readonly string[]) =>
  fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(...controllers), conditions)
      .map(([name, controllerName, list]) => entry(name, controllerName, list)),
    { selector: each => `${each.controllerName} ${each.parentRef.name}`, maxLength: 8 },
  );
const OWNED = new Set(['Accepted', 'ResolvedRefs', 'PartiallyInvalid']);
const ourEntries = entries([OURS]).map(list =>
  list.map(each => ({
    ...each,
    conditions: each.conditions
      .filter(({ type: name }) => OWNED.has(name))
      .map(one => ({ ...one, observedGeneration: 2, lastTransitionTime: 'T9' })),
  })),
);

/** What others wrote: their entries, and their conditions at parents that are still ours; in order. */
function foreignParts(list: unknown, ours: readonly RouteParentStatus[]): readonly unknown[] {
  return ((list ?? []) as readonly RouteParentStatus[]).flatMap<unknown>(each => {
    if (each.controllerName !== OURS) return [each];
    const isKept = ours.some(one => one.parentRef.name === each.parentRef.name);
    return isKept ? each.conditions.filter(one => !OWNED.has(one.type)) : [];
  });
}

describe('mergeStatus, whatever is stored', () => {
  const cases = fc.tuple(entries(['example.com/a', OURS, 'example.com/b']), ourEntries);

  it('never touches what is not its own, and keeps the order of it', () => {
    fc.assert(
      fc.property(cases, ([stored, ours]) => {
        const merged = mergeStatus(sent({ parents: stored }), { parents: ours }, ROUTE)?.['parents'];
        const after = foreignParts(merged, ours);
        assert.deepEqual(after, foreignParts(stored, ours));
      }),
    );
  });

  it('says what it wants to say of each parent of its own, and of no other', () => {
    fc.assert(
      fc.property(cases, ([stored, ours]) => {
        const merged = mergeStatus(sent({ parents: stored }), { parents: ours }, ROUTE) as unknown as {
          parents: typeof stored;
        };
        const mine = (merged?.parents ?? []).filter(each => each.controllerName === OURS);
        assert.deepEqual(mine.map(each => each.parentRef.name).sort(), ours.map(each => each.parentRef.name).sort());
        for (const each of mine) {
          const known = stored.find(
            old => old.controllerName === OURS && old.parentRef.name === each.parentRef.name,
          )?.conditions;
          const wanted = ours.find(one => one.parentRef.name === each.parentRef.name)?.conditions ?? [];
          const expected = wanted.map(one => {
            const old = known?.find(({ type: name }) => name === one.type);
            return old?.status === one.status ? { ...one, lastTransitionTime: old.lastTransitionTime } : one;
          });
          const sorted = (list: readonly Condition[] | undefined) =>
            (list ?? []).filter(one => OWNED.has(one.type)).toSorted((a, b) => a.type.localeCompare(b.type));
          assert.deepEqual(sorted(each.conditions), sorted(expected));
        }
      }),
    );
  });

  it('has nothing to write once it has written', () => {
    fc.assert(
      fc.property(cases, ([stored, ours]) => {
        const merged = mergeStatus(sent({ parents: stored }), { parents: ours }, ROUTE);
        const back = merged === undefined ? undefined : sent(merged);
        assert.equal(mergeStatus(back, { parents: ours }, ROUTE), back);
      }),
    );
  });
});
