// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EMPTY_RESOURCES, type Resource } from '../resources/index.ts';
import { deepFreeze } from '../snapshot/freeze.ts';
import { orderViolations } from '../snapshot/order.ts';
import { ENVIRONMENT as PLAIN, parsed, resourceSet } from './environment.test-support.ts';
import type { MeshEnvironment } from './environment.ts';
import { INSPECTIONS } from './random-backends.test-support.ts';
import { otherObject } from './random-kinds.test-support.ts';
import { commonObject, objectKey, worldOf } from './random-objects.test-support.ts';
import { translate } from './translate.ts';
import type { Translation } from './translation.ts';

const MESH: MeshEnvironment = {
  addressOf: ({ namespace, name }) => `10.96.${namespace === 'a' ? 1 : 2}.${name.slice(1)}`,
  closure: ({ address }) => (address === '10.96.1.2' ? 'it is far away' : null),
  entranceOf: ({ address, port }) => (address === '10.96.1.2' ? null : { address, port }),
  clients: [{ range: '10.1.0.0/16', namespace: 'a' }],
  knowsAllClients: true,
};
const ENVIRONMENT = { ...PLAIN, ...INSPECTIONS, mesh: MESH, place: { node: 'n1', zone: null } };

const anyObject = fc.oneof({ weight: 3, arbitrary: commonObject }, { weight: 2, arbitrary: otherObject });
const anyWorld = worldOf(anyObject);

/** What users see of a translation. */
function visible({ snapshot, findings, outcomes }: Translation): unknown {
  const { version: _, ...parts } = snapshot;
  const { meshController, controllerName, ...maps } = outcomes;
  const sorted = Object.entries(maps).map(([kind, map]) => [kind, [...map].sort(([a], [b]) => (a < b ? -1 : 1))]);
  return { parts, findings, meshController, controllerName, outcomes: Object.fromEntries(sorted) };
}

describe('translate, for any resources', () => {
  it('gives the same whatever the order of the objects, in the total order', () => {
    const inTwoOrders = anyWorld.chain(list =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length })),
    );
    fc.assert(
      fc.property(inTwoOrders, ([list, shuffled]) => {
        const translation = translate(resourceSet(list.map(parsed)), ENVIRONMENT);
        assert.deepEqual(visible(translate(resourceSet(shuffled.map(parsed)), ENVIRONMENT)), visible(translation));
        assert.deepEqual(orderViolations(translation.snapshot), []);
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same step by step as from scratch, and never changes what it gave before', () => {
    const steps = fc.array(
      fc.oneof(
        anyObject.map(put => ({ put })),
        fc.nat(20).map(remove => ({ remove })),
      ),
      { minLength: 4, maxLength: 14 },
    );
    fc.assert(
      fc.property(anyWorld, steps, (start, changes) => {
        const current = new Map<string, Resource>(start.map(object => [objectKey(object), parsed(object)]));
        let resources = resourceSet([...current.values()]);
        let translation = translate(resources, ENVIRONMENT);
        for (const change of changes) {
          if ('put' in change) current.set(objectKey(change.put), parsed(change.put));
          else current.delete([...current.keys()][change.remove] ?? '');
          resources = resourceSet([...current.values()], resources);
          deepFreeze(translation.snapshot);
          translation = translate(resources, ENVIRONMENT, translation);
          assert.deepEqual(visible(translation), visible(translate(resources, ENVIRONMENT)));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('keeps the snapshot when nothing changed', () => {
    fc.assert(
      fc.property(anyWorld, list => {
        const resources = resourceSet(list.map(parsed));
        const first = translate(resources, ENVIRONMENT);
        const again = translate(resourceSet(list.map(parsed)), ENVIRONMENT, first);
        assert.equal(again.snapshot, first.snapshot);
      }),
      { numRuns: 150 },
    );
  });

  it('gives an empty snapshot for nothing', () => {
    const { snapshot, findings } = translate(EMPTY_RESOURCES, ENVIRONMENT);
    assert.deepEqual(snapshot, {
      version: 1,
      bindings: [],
      clusters: [],
      endpoints: [],
      certificates: [],
      trustBundles: [],
      clients: [],
    });
    assert.deepEqual(findings, []);
  });
});
