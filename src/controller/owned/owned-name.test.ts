// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { labelValue, ownedName } from './owned-name.ts';

const part = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?$/);
const objectName = fc.array(part, { minLength: 1, maxLength: 6 }).map(parts =>
  parts
    .join('.')
    .slice(0, 253)
    .replace(/[-.]+$/, ''),
);

describe('names of objects that are made for others', () => {
  it('are readable where they can be', () => {
    assert.equal(ownedName('web', 'daemun'), 'web-daemun');
    assert.match(ownedName('web.example', 'daemun'), /^web-example-[0-9a-f]{10}-daemun$/);
    assert.match(ownedName('1st', 'daemun'), /^x1st-[0-9a-f]{10}-daemun$/);
  });

  it('are names of Services and values of labels for any name of an object, and tell names apart', () => {
    fc.assert(
      fc.property(objectName, objectName, (a, b) => {
        for (const name of [a, b]) {
          assert.match(ownedName(name, 'daemun'), /^[a-z]([-a-z0-9]*[a-z0-9])?$/);
          assert.ok(ownedName(name, 'daemun').length <= 63);
          assert.match(labelValue(name), /^[a-z0-9A-Z]([-_.a-zA-Z0-9]*[a-zA-Z0-9])?$/);
          assert.ok(labelValue(name).length <= 63);
        }
        assert.equal(ownedName(a, 'daemun') === ownedName(b, 'daemun'), a === b);
        assert.equal(labelValue(a) === labelValue(b), a === b);
      }),
    );
  });

  it('fit for the longest name', () => {
    const name = `${'a'.repeat(61)}.`.repeat(4).concat('b'.repeat(5));
    assert.equal(name.length, 253);
    assert.equal(ownedName(name, 'daemun').length, 63);
  });
});
