// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withField, withoutFields } from './volatile-fields.ts';

const isLength = (name: string): boolean => name === 'content-length';

describe('changes to per-request fields', () => {
  it('look at names only', () => {
    const fields = ['x-request-id', 'content-length', 'content-length', '5'];
    assert.deepEqual(withoutFields(fields, isLength), ['x-request-id', 'content-length']);
    assert.deepEqual(withField(fields, 'content-length', '7'), [
      'x-request-id',
      'content-length',
      'content-length',
      '7',
    ]);
  });

  it('keep the array when nothing is dropped, and none when all is', () => {
    const fields = ['date', 'today'];
    assert.equal(withoutFields(fields, isLength), fields);
    assert.equal(withoutFields(['content-length', '5'], isLength), null);
    assert.equal(withoutFields(null, isLength), null);
  });
});
