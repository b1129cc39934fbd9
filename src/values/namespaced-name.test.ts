// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareNamespacedNames, formatNamespacedName } from './namespaced-name.ts';

describe('namespaced names', () => {
  it('are written with a slash, without one when cluster-scoped', () => {
    assert.equal(formatNamespacedName({ namespace: 'a', name: 'b' }), 'a/b');
    assert.equal(formatNamespacedName({ namespace: '', name: 'b' }), 'b');
  });

  it('are ordered by namespace, then by name, by code unit', () => {
    const names = [
      { namespace: 'b', name: 'a' },
      { namespace: 'a', name: 'b' },
      { namespace: 'a', name: 'a-b' },
      { namespace: 'a-b', name: 'a' },
      { namespace: 'a', name: 'a' },
    ];
    const sorted = names.toSorted(compareNamespacedNames).map(formatNamespacedName);
    assert.deepEqual(sorted, ['a/a', 'a/a-b', 'a/b', 'a-b/a', 'b/a']);
  });
});
