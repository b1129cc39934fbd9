// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WrittenLabelSelector } from '../values/index.ts';
import { selectorProblem, selectsNamespace } from './namespace-selection.ts';

const namespace = { name: 'b', labels: { 'kubernetes.io/metadata.name': 'b', team: 'red' } };
const by = (selector: WrittenLabelSelector) => ({ from: 'Selector', selector });
const expression = (key: string, operator: string, ...values: string[]) =>
  by({ matchExpressions: [{ key, operator, ...(values.length === 0 ? {} : { values }) }] });

describe('a selection of namespaces', () => {
  for (const [selection, path] of [
    [expression('the team', 'NotIn', 'red'), ['matchExpressions', 0]],
    [expression('the team', 'DoesNotExist'), ['matchExpressions', 0]],
    [expression('a/b/c', 'DoesNotExist'), ['matchExpressions', 0]],
    [expression('team', 'NotIn', 'not a value'), ['matchExpressions', 0]],
    [by({ matchLabels: { team: 'red', '-': '' } }), ['matchLabels', '-']],
  ] as const) {
    it(`takes nobody by what no label can be: ${JSON.stringify(selection.selector)}`, () => {
      assert.equal(selectsNamespace(selection, 'a', namespace), false);
      assert.deepEqual(selectorProblem(selection)?.path, path);
    });
  }

  it('takes whom labels select that can be', () => {
    for (const selection of [
      by({}),
      by({ matchLabels: { team: 'red', 'kubernetes.io/metadata.name': 'b' } }),
      expression('example.com/of', 'NotIn', 'x', ''),
    ]) {
      assert.equal(selectsNamespace(selection, 'a', namespace), true);
      assert.equal(selectorProblem(selection), undefined);
    }
  });

  it('takes whom its word says, and nobody by one that is not known', () => {
    const taken = (from: string, selector?: WrittenLabelSelector | null) =>
      ['a', 'b'].map(name =>
        selectsNamespace({ from, ...(selector === undefined ? {} : { selector }) }, 'a', { ...namespace, name }),
      );
    assert.deepEqual(taken('All'), [true, true]);
    assert.deepEqual(taken('Same'), [true, false]);
    assert.deepEqual(taken('None'), [false, false]);
    assert.deepEqual(taken('Everybody', {}), [false, false]);
    assert.deepEqual(
      [taken('Selector'), taken('Selector', null)],
      [
        [false, false],
        [false, false],
      ],
    );
    assert.deepEqual(selectorProblem({ from: 'Selector', selector: null }), { path: [], problem: 'it is missing' });
    assert.equal(selectorProblem({ from: 'Same' }), undefined);
  });
});
