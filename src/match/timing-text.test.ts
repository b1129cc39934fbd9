// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeTiming } from './timing-text.ts';

const NOTHING = { requestTimeoutMs: null, backendTimeoutMs: null, retry: null };

describe('the timing of a rule in words', () => {
  it('says its limits and what is tried again, for the protocol that is asked about', () => {
    const retry = { attempts: 3, httpStatuses: [500, 503], grpcStatuses: [8, 14], backoffMs: 25 };
    const timing = { requestTimeoutMs: 2_000, backendTimeoutMs: 500, retry };
    assert.equal(
      describeTiming(timing, 'http'),
      ', within 2000 ms, each try answered within 500 ms, tried again up to 3 times after failed connections, 500 and 503',
    );
    const call = { ...NOTHING, retry: { ...retry, attempts: 1, httpStatuses: [] } };
    assert.equal(
      describeTiming(call, 'grpc'),
      ', tried again once after failed connections, RESOURCE_EXHAUSTED and UNAVAILABLE',
    );
    assert.equal(describeTiming(call, 'http'), ', tried again once after failed connections');
  });

  it('is nothing where the rule says nothing', () => {
    assert.equal(describeTiming(NOTHING, 'http'), '');
  });
});
