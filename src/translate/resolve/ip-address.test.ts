// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isIpAddress } from './ip-address.ts';

const part = fc.oneof(
  fc.nat({ max: 300 }).map(String),
  fc.constantFrom('', '0', '00', '01', '255', '256', 'a', '-1', '1e1', ' 1'),
);

describe('an IP address', () => {
  it('in four parts is what the system takes for one', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 3, maxLength: 5 }), parts => {
        const text = parts.join('.');
        assert.equal(isIpAddress(text), isIP(text) === 4, text);
      }),
      { numRuns: 1_000, examples: [[['10', '0', '0', '1']], [['255', '255', '255', '255']], [['0', '0', '0', '0']]] },
    );
  });

  it('has colons, or is none', () => {
    for (const text of ['::1', 'fd00::1', '::ffff:10.0.0.1']) assert.equal(isIpAddress(text), true, text);
    for (const text of ['', 'a', '10.0.0.1.', '.10.0.0.1', '1', '1.2.3', '10.0.0.1:80'])
      assert.equal(isIpAddress(text), false, text);
  });
});
