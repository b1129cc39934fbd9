// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLabelSelector, selectsLabels, type WrittenLabelSelector } from './label-selector.ts';

const expression = (operator: string, values?: string[]): WrittenLabelSelector => ({
  matchExpressions: [{ key: 'a', operator, values }],
});

describe('label selectors', () => {
  for (const [written, labels, expected] of [
    [{}, {}, true],
    [{ matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
    [{ matchLabels: { a: '1' } }, { a: '2' }, false],
    [{ matchLabels: { a: '' } }, {}, false],
    [{ matchLabels: { a: '1', b: '2' } }, { a: '1' }, false],
    [{ matchLabels: { constructor: '1' } }, {}, false],
    [expression('In', ['1', '2']), { a: '2' }, true],
    [expression('In', ['1', '2']), {}, false],
    [expression('NotIn', ['1']), { a: '1' }, false],
    [expression('NotIn', ['1']), { a: '2' }, true],
    [expression('NotIn', ['1']), {}, true],
    [expression('Exists'), { a: '' }, true],
    [expression('Exists'), {}, false],
    [expression('DoesNotExist'), { a: '' }, false],
    [expression('DoesNotExist', []), {}, true],
  ] as const) {
    it(`${JSON.stringify(written)} ${expected ? 'selects' : 'does not select'} ${JSON.stringify(labels)}`, () => {
      const parsed = parseLabelSelector(written);
      assert.ok('selector' in parsed);
      assert.equal(selectsLabels(parsed.selector, labels), expected);
    });
  }

  for (const [written, field] of [
    [expression('In'), 'values'],
    [expression('NotIn', []), 'values'],
    [expression('Exists', ['1']), 'values'],
    [expression('DoesNotExist', ['1']), 'values'],
    [expression('in', ['1']), 'operator'],
    [expression('', ['1']), 'operator'],
  ] as const) {
    it(`refuses ${JSON.stringify(written)}`, () => {
      const parsed = parseLabelSelector(written);
      assert.ok('problem' in parsed);
      assert.deepEqual(parsed.path, ['matchExpressions', 0, field]);
    });
  }
});
