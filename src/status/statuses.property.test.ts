// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Condition } from '../resources/index.ts';
import {
  type AttachableRoute,
  type ParentOutcome,
  routeMaps,
  type Translation,
  translate,
} from '../translate/index.ts';
import { anyEnvironment, anyHistory, anyWorld, CLUSTER, History } from '../translate/random-history.test-support.ts';
import { STATUS_KINDS, type Status } from './status-rows.ts';
import { statuses, type WrittenStatuses } from './statuses.ts';
import { mergeStatus, type StatusJson } from './stored-status.ts';

/** What the statuses say: conditions stand in the order in which they came, and what is empty is as good as not there. */
function said({ byObject }: WrittenStatuses): unknown {
  return Object.fromEntries(
    [...byObject]
      .map(([key, status]) => [key, sorted(status)] as const)
      .filter(isTelling)
      .sort(),
  );
}

function isTelling([, status]: readonly [string, unknown]): boolean {
  const { parents, ancestors } = status as { readonly parents?: readonly []; readonly ancestors?: readonly [] };
  return (parents ?? ancestors)?.length !== 0;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.every(isCondition) ? value.toSorted(byType) : value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const { attachedListenerSets = 0, ...rest } = value as Status & { readonly attachedListenerSets?: number };
  const fields = Object.entries(rest).map(([field, of]) => [field, sorted(of)] as const);
  return Object.fromEntries([...fields, ['attachedListenerSets', attachedListenerSets]]);
}

function isCondition(value: unknown): value is Condition {
  return typeof value === 'object' && value !== null && 'observedGeneration' in value;
}

function byType(a: Condition, b: Condition): number {
  return a.type < b.type ? -1 : 1;
}

function refText({ parentRef }: Pick<ParentOutcome, 'parentRef'>): string {
  return JSON.stringify(Object.entries(parentRef).sort());
}

describe('statuses, for any resources', () => {
  it('say the same step by step as from scratch', () => {
    fc.assert(
      fc.property(anyWorld, anyHistory, anyEnvironment, (world, steps, environment) => {
        const history = new History(world, environment);
        let translation = translate(history.resources, history.environment);
        let written = statuses(translation, history.resources, null, 'T');
        for (const step of steps) {
          history.step(step);
          translation = translate(history.resources, history.environment, translation);
          written = statuses(translation, history.resources, written, 'T');
          assert.deepEqual(written.faults, new Map());
          assert.deepEqual(said(written), said(statuses(translation, history.resources, null, 'T')));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('leave of ours in the cluster what they say, and nothing else, whatever was written before', () => {
    const controllerName = CLUSTER.controllerName ?? '';
    fc.assert(
      fc.property(anyWorld, anyHistory, (world, steps) => {
        const history = new History(world, CLUSTER);
        let previous: Translation | undefined;
        let written: WrittenStatuses | null = null;
        for (const step of steps) {
          history.step(step);
          previous = translate(history.resources, history.environment, previous);
          written = statuses(previous, history.resources, written, 'T');
          const { byObject } = written;
          history.store((key, { kind, ...object }) => {
            if (!STATUS_KINDS.includes(kind)) return 'status' in object ? object.status : undefined;
            const stored = 'status' in object ? (object.status as StatusJson | undefined) : undefined;
            return mergeStatus(stored, byObject.get(key), { kind, controllerName });
          });
          for (const [key, { parents }] of previous.outcomes.routes) {
            const [kind = '', name = ''] = key.split(/\/(.*)/s);
            const route = routeMaps(history.resources)[kind as AttachableRoute['kind']].get(name);
            const ours = route?.status?.parents.filter(entry => entry.controllerName === controllerName) ?? [];
            assert.deepEqual(new Set(ours.map(refText)), new Set(parents.map(refText)));
          }
          assert.deepEqual(said(written), said(statuses(previous, history.resources, null, 'T')));
        }
      }),
      { numRuns: 100 },
    );
  });
});
