// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatGrpcTimeout, parseGrpcTimeout } from './timeout.ts';

describe('grpc-timeout', () => {
  it('reads every unit as milliseconds', () => {
    assert.deepEqual(
      ['1H', '2M', '3S', '4m', '5000u', '6000000n', '00000007S', '0S'].map(parseGrpcTimeout),
      [3_600_000, 120_000, 3_000, 4, 5, 6, 7_000, 0],
    );
  });

  it('refuses everything else', () => {
    for (const text of ['', 'S', '1', '123456789S', '-1S', '1.5S', '1s', ' 1S', '1S ', '1e3m', '١S']) {
      assert.equal(parseGrpcTimeout(text), undefined, text);
    }
  });

  it('writes the finest unit that fits, never a shorter time, never zero', () => {
    assert.equal(formatGrpcTimeout(1_500), '1500000u');
    assert.equal(formatGrpcTimeout(0.0001), '1u');
    assert.equal(formatGrpcTimeout(3_600_000), '3600000m');
    assert.equal(formatGrpcTimeout(0), '1n');
    assert.equal(formatGrpcTimeout(-5), '1n');
    assert.equal(formatGrpcTimeout(Number.POSITIVE_INFINITY), '99999999H');
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), timeoutMs => {
        const read = parseGrpcTimeout(formatGrpcTimeout(timeoutMs));
        assert.ok(read !== undefined && read >= timeoutMs * (1 - 1e-12) && read <= timeoutMs * 1.001 + 0.001);
      }),
    );
  });
});
