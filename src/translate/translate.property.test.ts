// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EMPTY_RESOURCES } from '../resources/index.ts';
import { deepFreeze } from '../snapshot/freeze.ts';
import { orderViolations } from '../snapshot/order.ts';
import { ENVIRONMENT } from './environment.test-support.ts';
import { anyEnvironment, anyHistory, anyWorld, History } from './random-history.test-support.ts';
import { translate } from './translate.ts';
import type { Translation } from './translation.ts';

/** What users see of a translation. */
function visible({ snapshot, findings, outcomes }: Translation): unknown {
  const { version: _, ...parts } = snapshot;
  const { meshController, controllerName, ...maps } = outcomes;
  const sorted = Object.entries(maps).map(([kind, map]) => [kind, [...map].sort(([a], [b]) => (a < b ? -1 : 1))]);
  return { parts, findings, meshController, controllerName, outcomes: Object.fromEntries(sorted) };
}

describe('translate, for any resources', () => {
  it('gives the same step by step as from scratch, in whatever order, and never changes what it gave before', () => {
    fc.assert(
      fc.property(anyWorld, anyHistory, anyEnvironment, (world, steps, environment) => {
        const history = new History(world, environment);
        let translation = translate(history.resources, history.environment);
        for (const step of steps) {
          history.step(step);
          deepFreeze(translation.snapshot);
          translation = translate(history.resources, history.environment, translation);
          const fromScratch = translate(history.resources, history.environment);
          assert.deepEqual(visible(translation), visible(fromScratch));
          assert.deepEqual(visible(translate(history.backwards(), history.environment)), visible(fromScratch));
          assert.deepEqual(orderViolations(translation.snapshot), []);
          const broken = translation.findings.filter(({ code }) => code.endsWith('/broken'));
          assert.deepEqual(broken, [], 'nothing that an API server takes breaks it');
        }
      }),
      { numRuns: 150 },
    );
  });

  it('keeps the snapshot when nothing changed', () => {
    fc.assert(
      fc.property(anyWorld, anyEnvironment, (world, environment) => {
        const { resources } = new History(world, environment);
        const first = translate(resources, environment);
        const again = translate(new History(world, environment).resources, environment, first);
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
