// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ProcessFileParts, processFiles } from './process-files.ts';

describe('the files of a process', () => {
  it('are made one by one, so that probes are answered between them', async () => {
    let turns = 0;
    const turn = (): void => {
      turns++;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    const status = { healthy: true } as unknown as ProcessFileParts['status'];
    const files = await processFiles({ status, view: null, config: null, findings: [], logLines: ['{}'] });
    clearImmediate(next);
    assert.equal(files.length, 6);
    assert.ok(turns >= files.length - 1, `${turns} turns`);
  });
});
