// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { ReachLog } from './reach-log.ts';

const ENDPOINT = { cluster: 'default/a:80', endpoint: '10.0.0.1:80', name: 'a-0' };
const LOST = { kind: 'unreachable', ...ENDPOINT, reason: 'connection refused' } as const;
const FOUND = { kind: 'reachable', ...ENDPOINT } as const;

function start() {
  const lines: string[] = [];
  const say = (message: string): void => void lines.push(message);
  const log = new ReachLog(new RateLimitedLog({ info: say, warn: say, error: say }, new VirtualClock()));
  return { lines, log };
}

describe('the log of lost endpoints', () => {
  it('tells once that an endpoint is lost and once that it is back, however many workers say so', () => {
    const { lines, log } = start();
    for (const worker of [1, 2, 3]) log.changed(worker, LOST);
    assert.deepEqual(lines, ['endpoint cannot be reached']);
    for (const worker of [1, 2]) log.changed(worker, FOUND);
    assert.equal(lines.length, 1);
    log.changed(3, FOUND);
    assert.deepEqual(lines, ['endpoint cannot be reached', 'endpoint can be reached again']);
    log.changed(2, LOST);
    assert.equal(lines.length, 3);
  });

  it('tells once of an endpoint that many clusters have, and again of another reason', () => {
    const { lines, log } = start();
    const clusters = ['default/a:80', 'default/b:80', 'default/c:80'];
    for (const cluster of clusters) log.changed(1, { ...LOST, cluster });
    assert.equal(lines.length, 1);
    log.changed(1, { ...LOST, cluster: 'default/tls:443', reason: 'its certificate has expired' });
    assert.equal(lines.length, 2);
    for (const cluster of clusters.slice(1)) log.changed(1, { ...FOUND, cluster });
    assert.equal(lines.length, 2);
    log.changed(1, { ...LOST, cluster: 'default/b:80' });
    assert.equal(lines.length, 2);
    for (const cluster of clusters.slice(0, 2)) log.changed(1, { ...FOUND, cluster });
    assert.deepEqual(lines.slice(2), ['endpoint can be reached again']);
  });

  it('says nothing of an endpoint that was removed, and begins anew when it is there again', () => {
    const { lines, log } = start();
    log.changed(1, LOST);
    log.changed(1, { kind: 'removed', ...ENDPOINT });
    assert.equal(lines.length, 1);
    log.changed(1, LOST);
    assert.equal(lines.length, 2);
  });

  it('does not wait for a worker that is gone', () => {
    const { lines, log } = start();
    for (const worker of [1, 2]) log.changed(worker, LOST);
    log.forget(2);
    log.changed(1, FOUND);
    assert.equal(lines.at(-1), 'endpoint can be reached again');
  });
});
