// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_SNAPSHOT } from '../../snapshot/index.ts';
import { type Trouble, troublesOf } from '../shown/trouble.ts';
import { ProcessRecord } from './process-record.ts';
import { type ProcessParts, processTroubles } from './process-troubles.ts';

const WELL: ProcessParts = {
  record: new ProcessRecord(0),
  view: null,
  workers: { running: 2, wanted: 2, ended: 0, endedAtMs: null, refusals: 0 },
  endpoints: new Map([['a/b:80', { ready: 1, all: 2, noneSinceMs: null }]]),
  names: [],
  waitingMs: 0,
  nowMs: 3_600_000,
};

const told = (more: Partial<ProcessParts>): [string, string, string | null][] =>
  processTroubles({ ...WELL, ...more }).map(({ severity, subject, since }) => [severity, subject, since]);

describe('what is not well with a process', () => {
  it('is nothing while all is', () => {
    assert.deepEqual(told({}), []);
    assert.deepEqual(told({ waitingMs: 500 }), []);
  });

  it('is a backend without a ready endpoint, since it has none', () => {
    const endpoints = new Map([['a/b:80', { ready: 0, all: 2, noneSinceMs: 60_000 }]]);
    assert.deepEqual(told({ endpoints }), [['error', 'backend a/b:80', '1970-01-01T00:01:00Z']]);
  });

  it('is a name that cannot be looked up, also while what it led to is used', () => {
    const names = [{ name: 'a.test', reason: 'no address is known for the name', sinceMs: 60_000, kept: 2 }];
    assert.deepEqual(told({ names }), [['warning', 'host a.test', '1970-01-01T00:01:00Z']]);
    assert.match(
      processTroubles({ ...WELL, names })[0]?.message ?? '',
      /and the 2 addresses that it had stay in use: no/,
    );
  });

  it('is a worker that ended: an error while it is missing, then a warning for a quarter of an hour', () => {
    const endedAtMs = 3_590_000;
    const since = '1970-01-01T00:59:50Z';
    assert.deepEqual(told({ workers: { running: 1, wanted: 2, ended: 1, endedAtMs, refusals: 0 } }), [
      ['error', 'workers', since],
    ]);
    const replaced = { running: 2, wanted: 2, ended: 1, endedAtMs, refusals: 0 };
    assert.deepEqual(told({ workers: replaced }), [['warning', 'workers', since]]);
    assert.deepEqual(told({ workers: replaced, nowMs: endedAtMs + 900_001 }), []);
  });

  it('is a change that waits to be served', () => {
    assert.deepEqual(told({ waitingMs: 60_000 }), [['error', 'configuration', '1970-01-01T00:59:00Z']]);
  });

  it('is a reload that failed, since the first in a row did, until one does not', () => {
    const record = new ProcessRecord(0);
    record.reloadFailed('a bug', 1_000);
    record.reloadFailed('another', 2_000);
    assert.deepEqual(told({ record }), [['error', 'configuration', '1970-01-01T00:00:01Z']]);
    record.reloaded({ published: EMPTY_SNAPSHOT, bindFailures: new Map() }, 3_000);
    assert.deepEqual(told({ record }), []);
  });
});

describe('troubles', () => {
  const trouble = (severity: Trouble['severity'], of: Trouble['of'], subject: string): Trouble => ({
    ...{ severity, of, subject, message: '', since: null, next: '' },
  });

  it('stand in the order in which to look at them', () => {
    const { shown, errors, warnings } = troublesOf([
      trouble('warning', 'process', 'd'),
      trouble('error', 'resources', 'c'),
      trouble('error', 'resources', 'b'),
      trouble('error', 'process', 'z'),
    ]);
    assert.deepEqual(
      shown.map(({ subject }) => subject),
      ['z', 'b', 'c', 'd'],
    );
    assert.deepEqual([errors, warnings], [3, 1]);
  });

  it('are shown up to a hundred, and all counted', () => {
    const all = Array.from({ length: 250 }, (_, at) => trouble('error', 'resources', String(at)));
    const { shown, errors } = troublesOf(all);
    assert.deepEqual([shown.length, errors], [100, 250]);
  });
});
