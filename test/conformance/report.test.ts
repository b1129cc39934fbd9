// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileTable } from './report.ts';

test('the table has a row for each profile, with what did not pass', () => {
  const table = profileTable({
    gatewayAPIVersion: 'v1.7.0',
    gatewayAPIChannel: 'experimental',
    profiles: [
      {
        name: 'GATEWAY-GRPC',
        core: { result: 'success', statistics: { Passed: 17, Failed: 0, Skipped: 0 } },
        extended: {
          result: 'partial',
          statistics: { Passed: 11, Failed: 1, Skipped: 1 },
          supportedFeatures: ['A', 'B'],
          unsupportedFeatures: ['C'],
        },
      },
      { name: 'MESH-GRPC', core: { result: 'success', statistics: { Passed: 3, Failed: 0, Skipped: 0 } } },
    ],
  });
  assert.deepEqual(table.split('\n').slice(-2), [
    '| GATEWAY-GRPC | 17 of 17 passed | 11 of 13 passed | 2 of 3 |',
    '| MESH-GRPC | 3 of 3 passed | – | 0 of 0 |',
  ]);
});
