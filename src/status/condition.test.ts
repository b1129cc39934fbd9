// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergeConditions, problemMessage, type Verdict } from './condition.ts';

const OWNED = ['Accepted', 'ResolvedRefs'];
const accepted: Verdict = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'fine' };
const refused: Verdict = { type: 'Accepted', status: 'False', reason: 'NoMatchingParent', message: 'no' };
const at = (now: string, generation = 1) => ({ owned: OWNED, stamp: { now, generation } });

describe('mergeConditions', () => {
  it('moves lastTransitionTime only when the status changes', () => {
    const first = mergeConditions([], [accepted], at('T1'));
    const reworded = mergeConditions(first, [{ ...accepted, message: 'still fine' }], at('T2'));
    const turned = mergeConditions(reworded, [refused], at('T3'));
    assert.deepEqual(
      [first, reworded, turned].map(([condition]) => condition?.lastTransitionTime),
      ['T1', 'T1', 'T3'],
    );
    assert.equal(reworded[0]?.message, 'still fine');
  });

  it('gives the same list when nothing differs', () => {
    const first = mergeConditions([], [accepted], at('T1'));
    assert.equal(mergeConditions(first, [accepted], at('T2')), first);
  });

  it('writes the generation that was judged', () => {
    const first = mergeConditions([], [accepted], at('T1', 1));
    const second = mergeConditions(first, [accepted], at('T2', 2));
    assert.equal(second[0]?.observedGeneration, 2);
    assert.equal(second[0]?.lastTransitionTime, 'T1');
  });

  it('cuts a message that the API would refuse the whole status for, in the same way each time', () => {
    const long = { ...refused, message: `${'a'.repeat(32_766)}😀${'b'.repeat(9)}` };
    const first = mergeConditions([], [long], at('T1'));
    assert.equal(first[0]?.message, `${'a'.repeat(32_766)}\ufffd…`);
    assert.equal(mergeConditions(first, [long], at('T2')), first);
    const fitting = { ...refused, message: 'a'.repeat(32_768) };
    assert.equal(mergeConditions([], [fitting], at('T1'))[0]?.message, fitting.message);
  });

  it('leaves nothing of what was written about a generation that the object does not have', () => {
    const newer = mergeConditions([], [refused], at('T1', 5));
    const [condition] = mergeConditions(newer, [accepted], at('T2', 4));
    assert.deepEqual([condition?.status, condition?.observedGeneration], ['True', 4]);
  });

  it('keeps conditions of others in their places, and takes out its own that no longer hold', () => {
    const foreign = {
      type: 'example.com/Nice',
      status: 'True' as const,
      reason: 'So',
      message: '',
      lastTransitionTime: 'T0',
    };
    const stale = { ...foreign, type: 'ResolvedRefs' };
    const merged = mergeConditions([foreign, stale], [accepted], at('T1'));
    assert.deepEqual(
      merged.map(condition => condition.type),
      ['example.com/Nice', 'Accepted'],
    );
    assert.equal(merged[0], foreign);
  });
});

describe('problemMessage', () => {
  it('says where, what and the fix', () => {
    const finding = {
      code: 'x/y',
      severity: 'error' as const,
      path: ['spec', 'rules', 0, 'matches', 1],
      message: 'is wrong',
      help: 'Do right',
    };
    assert.equal(problemMessage({ reason: 'R', finding }), 'spec.rules[0].matches[1]: is wrong. Do right');
    assert.equal(problemMessage({ reason: 'R', finding: { ...finding, path: [], help: '' } }), 'is wrong');
  });
});
