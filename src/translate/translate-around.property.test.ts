// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Resource } from '../resources/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { ENVIRONMENT as PLAIN, parsed, resourceSet } from './environment.test-support.ts';
import { INSPECTIONS } from './random-backends.test-support.ts';
import { otherObject } from './random-kinds.test-support.ts';
import { commonObject, objectKey, worldOf } from './random-objects.test-support.ts';
import { translate } from './translate.ts';
import { translateAround } from './translate-around.ts';

const ENVIRONMENT = { ...PLAIN, ...INSPECTIONS };
const nowMs = (): number => 0;
const anyWorld = worldOf(fc.oneof({ weight: 3, arbitrary: commonObject }, { weight: 2, arbitrary: otherObject }));

/** A copy that breaks whoever reads one field of its spec; undefined: it has none. */
function spoilt(object: Resource, field: number): Resource | undefined {
  if (!('spec' in object) || typeof object.spec !== 'object' || object.spec === null) return undefined;
  const names = Object.keys(object.spec);
  const name = names[field % names.length];
  if (name === undefined) return undefined;
  const get = (): never => {
    throw new Error(`a bug about ${name}`);
  };
  const spec = Object.defineProperty({ ...object.spec }, name, { enumerable: true, get });
  return { ...object, spec } as Resource;
}

function parts({ version: _, ...rest }: Snapshot): Omit<Snapshot, 'version'> {
  return rest;
}

describe('translateAround, for any resources one of which breaks it', () => {
  it('serves all others as if that were not there, or were as it was', () => {
    fc.assert(
      fc.property(anyWorld, fc.nat(30), fc.nat(9), (list, at, field) => {
        const objects = [...new Map(list.map(object => [objectKey(object), parsed(object)])).values()];
        const good = objects[at % objects.length];
        const bad = good && spoilt(good, field);
        if (good === undefined || bad === undefined) return;
        const without = objects.filter(object => object !== good);
        const whole = translate(resourceSet(objects), ENVIRONMENT).snapshot;
        const rest = translate(resourceSet(without), ENVIRONMENT).snapshot;
        const start = translateAround(resourceSet([...without, bad]), ENVIRONMENT, { nowMs });
        const mended = translateAround(resourceSet(objects), ENVIRONMENT, { last: start.last, nowMs });
        const again = translateAround(resourceSet([...without, bad]), ENVIRONMENT, { last: mended.last, nowMs });
        assert.deepEqual(mended.translation.setAside, []);
        assert.deepEqual(parts(mended.translation.snapshot), parts(whole));
        // Some faults are known to routes and lints, and others bring nothing about.
        if (start.translation.setAside.length > 0) assert.deepEqual(parts(start.translation.snapshot), parts(rest));
        if (again.translation.setAside.length > 0) assert.deepEqual(parts(again.translation.snapshot), parts(whole));
        for (const { translation } of [start, again])
          assert.equal(
            translation.findings.filter(({ code }) => code === 'resource/broken').length,
            translation.setAside.length,
          );
      }),
      { numRuns: 100 },
    );
  });
});
