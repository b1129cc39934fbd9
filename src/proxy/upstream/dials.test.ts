// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { at, cleanUp, closedPort, listen, World } from './cluster-pool.test-support.ts';
import { type ConnectionEnvironment, dialTcp } from './connection-environment.ts';
import { MAX_DIALS } from './dials.ts';

afterEach(cleanUp);

const CROWD = 50;

/** How often was dialled. */
function countedDials(): { count: number; readonly dial: ConnectionEnvironment['dial'] } {
  const dials = {
    count: 0,
    dial: (...target: Parameters<typeof dialTcp>): Socket => {
      dials.count += 1;
      return dialTcp(...target);
    },
  };
  return dials;
}

describe('a crowd at an endpoint that is not connected', () => {
  it('gets a connection each where one takes one request at a time, several of them dialled at once', async () => {
    const dials = countedDials();
    const asked: Socket[] = [];
    const endpoint = await listen(socket => {
      socket.on('data', () => {
        asked.push(socket);
        if (asked.length < CROWD) return;
        for (const each of asked) each.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
    });
    const world = new World({ protocol: 'h1' }, [endpoint], { dial: dials.dial });
    const crowd = Array.from({ length: CROWD }, () => world.call());
    assert.equal(dials.count, MAX_DIALS);
    assert.deepEqual(new Set(await Promise.all(crowd)), new Set(['200']));
    assert.equal(dials.count, CROWD);
  });

  it('waits for one dial where a connection takes them all', async () => {
    const dials = countedDials();
    const world = new World({}, [at(await closedPort())], { dial: dials.dial });
    const crowd = Array.from({ length: CROWD }, () => world.call());
    assert.equal(dials.count, 1);
    for (const outcome of await Promise.all(crowd)) assert.match(outcome, /^failed: connect_failure/);
  });

  it('counts dials that fail together as one failure, and comes back with one', async () => {
    const clock = new VirtualClock();
    const dials = countedDials();
    const world = new World({ protocol: 'h1' }, [at(await closedPort())], { clock, dial: dials.dial });
    const crowd = Array.from({ length: CROWD }, () => world.call());
    for (const outcome of await Promise.all(crowd)) assert.match(outcome, /^failed: connect_failure/);
    assert.deepEqual([dials.count, world.events.length], [MAX_DIALS, MAX_DIALS]);
    for (const [waitMs, more] of [
      [1_200, 1],
      [1_920, 2],
    ] as const) {
      clock.advance(waitMs);
      assert.equal(dials.count, MAX_DIALS + more);
      await until(() => world.events.length === MAX_DIALS + more);
    }
  });
});
