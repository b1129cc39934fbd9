// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EMPTY_RESOURCES } from '../resources/index.ts';
import { deepFreeze } from '../snapshot/freeze.ts';
import { applyDelta, diffSnapshots, EMPTY_SNAPSHOT, type Snapshot } from '../snapshot/index.ts';
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

/** Ids that listeners and clusters name, and that the snapshot does not have. */
function missingFrom({ bindings, clusters, endpoints, certificates, trustBundles }: Snapshot): readonly string[] {
  const known = {
    cluster: new Set(endpoints.map(({ cluster }) => cluster)),
    certificate: new Set(certificates.map(({ id }) => id)),
    bundle: new Set(trustBundles.map(({ id }) => id)),
  };
  const ids = [bindings, clusters].flatMap(list => [...namedIn(list)]);
  return ids.flatMap(([what, id]) => (known[what].has(id) ? [] : [`${what} ${id}`]));
}

type NamedId = readonly [what: 'cluster' | 'certificate' | 'bundle', id: string];

function* namedIn(value: unknown): Generator<NamedId> {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, part] of Object.entries(value)) {
    if (field === 'cluster' && typeof part === 'string') yield ['cluster', part];
    else if (field === 'bundle' && typeof part === 'string') yield ['bundle', part];
    else if (field === 'clientCertificate' && typeof part === 'string') yield ['certificate', part];
    else if (field === 'certificates') for (const id of part as readonly string[]) yield ['certificate', id];
    else yield* namedIn(part);
  }
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

  it('names nothing that is not there, and comes to other threads as it is', () => {
    fc.assert(
      fc.property(anyWorld, anyHistory, anyEnvironment, (world, steps, environment) => {
        const history = new History(world, environment);
        let translation = translate(history.resources, history.environment);
        let received = EMPTY_SNAPSHOT;
        let sent = EMPTY_SNAPSHOT;
        for (const step of steps) {
          const { snapshot } = translation;
          received = applyDelta(received, structuredClone(diffSnapshots(sent, snapshot)));
          sent = snapshot;
          assert.deepEqual(received, snapshot);
          assert.deepEqual(missingFrom(snapshot), []);
          history.step(step);
          translation = translate(history.resources, history.environment, translation);
        }
      }),
      { numRuns: 200 },
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
