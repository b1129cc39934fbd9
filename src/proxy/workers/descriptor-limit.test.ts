// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  connectionsPerWorker,
  descriptorLimit,
  endpointConnectionsPerWorker,
  leastDescriptors,
  parseLimits,
} from './descriptor-limit.ts';

const LIMITS = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     \n` +
  `Max processes             15                   20                   processes \n` +
  `Max open files            ${soft.padEnd(20)} 4096                 files     \n`;

describe('the cap of client connections', () => {
  it('follows the limit of descriptors', () => {
    assert.equal(parseLimits(LIMITS('512')), 512);
    assert.equal(parseLimits(LIMITS('unlimited')), 1_048_576);
    assert.equal(parseLimits('nothing of the kind'), 1_024);
    assert.ok(descriptorLimit() > 0);
  });

  it('keeps descriptors back for endpoints, files and the admin server, whatever the number of workers', () => {
    for (const limit of [256, 1_024, 20_000, 1_048_576]) {
      for (const workers of [1, 2, 4]) {
        const peers = connectionsPerWorker(limit, workers) + endpointConnectionsPerWorker(limit, workers);
        const rest = limit - workers * peers;
        assert.ok(rest >= 64 + workers * 24, `${limit} descriptors, ${workers} workers: ${rest} are left`);
      }
    }
    assert.equal(connectionsPerWorker(1_024, 1), 702);
    assert.equal(endpointConnectionsPerWorker(1_024, 1), 234);
    assert.equal(connectionsPerWorker(20, 4), 16);
  });

  it('says where that is more than the limit has', () => {
    for (const workers of [1, 2, 4, 256]) {
      const peers = (limit: number): number =>
        connectionsPerWorker(limit, workers) + endpointConnectionsPerWorker(limit, workers);
      const least = leastDescriptors(workers);
      assert.ok(least - workers * peers(least) >= 64 + workers * 24, `${workers} workers`);
      assert.ok(least / 2 - workers * peers(least / 2) < 64 + workers * 24, `${workers} workers`);
    }
    assert.equal(leastDescriptors(2), 156);
  });
});
