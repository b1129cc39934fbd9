// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Privileges } from './privileges.ts';

const socket = (port: number): { address: string; port: number } => ({ address: '127.0.0.1', port });

describe('privileged ports', () => {
  it('are tried one by one, each once, until the system says yes or no', async () => {
    const tried: number[] = [];
    let isInUse = true;
    const privileges = new Privileges(async (_, port) => {
      tried.push(port);
      if (port === 80) return isInUse ? 'EADDRINUSE' : 'EACCES';
      return port < 443 ? 'EACCES' : null;
    });
    assert.deepEqual([...(await privileges.refused([socket(443), socket(442), socket(80), socket(8080)]))], [442]);
    isInUse = false;
    assert.deepEqual([...(await privileges.refused([socket(443), socket(80)]))].sort(), [442, 80].sort());
    assert.deepEqual([...(await privileges.refused([]))].length, 2);
    assert.deepEqual(tried, [443, 442, 80, 80]);
  });
});
