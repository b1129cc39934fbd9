// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_SNAPSHOT } from '../../snapshot/index.ts';
import { ProcessRecord } from './process-record.ts';

const NONE = new Map();

describe('the record of a process', () => {
  it('says when another version went live, and keeps that while the version stays', () => {
    const record = new ProcessRecord(0);
    assert.equal(record.changedMs, null);
    record.reloaded({ published: { ...EMPTY_SNAPSHOT, version: 1 }, bindFailures: NONE }, 1_000);
    record.reloaded({ published: { ...EMPTY_SNAPSHOT, version: 1 }, bindFailures: NONE }, 2_000);
    assert.equal(record.changedMs, 1_000);
    record.reloaded({ published: { ...EMPTY_SNAPSHOT, version: 2 }, bindFailures: NONE }, 3_000);
    assert.equal(record.changedMs, 3_000);
  });

  it('remembers since when a socket is refused, until it is not', () => {
    const record = new ProcessRecord(0);
    const refused = new Map([['127.0.0.1:80/tcp', { code: 'port-in-use', message: 'in use' } as const]]);
    record.reloaded({ published: EMPTY_SNAPSHOT, bindFailures: refused }, 1_000);
    record.reloaded({ published: EMPTY_SNAPSHOT, bindFailures: refused }, 2_000);
    assert.equal(record.unboundSinceMs('127.0.0.1:80/tcp', 9_000), 1_000);
    record.reloaded({ published: EMPTY_SNAPSHOT, bindFailures: NONE }, 3_000);
    assert.equal(record.unboundSinceMs('127.0.0.1:80/tcp', 9_000), 9_000);
  });
});
