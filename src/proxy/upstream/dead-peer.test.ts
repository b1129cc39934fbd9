// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DeadPeer } from './dead-peer.ts';

/** Checks once a second and returns what happened when. */
function watch(seconds: number, at: (second: number, pings: number) => [read: number, isWaiting: boolean]): string[] {
  const peer = new DeadPeer(0);
  const events: string[] = [];
  let pings = 0;
  for (let second = 1; second <= seconds; second += 1) {
    const verdict = peer.check(...at(second, pings), second * 1_000);
    if (verdict === 'ping') pings += 1;
    if (verdict !== 'alive') events.push(`${second}: ${verdict}`);
    if (verdict === 'dead') break;
  }
  return events;
}

describe('a dead peer', () => {
  it('is asked after 20 s of silence and given up 10 s later', () => {
    assert.deepEqual(
      watch(60, () => [0, true]),
      ['20: ping', '30: dead'],
    );
  });

  it('is not looked for while no stream is open', () => {
    assert.deepEqual(
      watch(10_000, () => [0, false]),
      [],
    );
  });

  it('is given its time from when a stream was opened', () => {
    assert.deepEqual(
      watch(200, second => [0, second > 100]),
      ['120: ping', '130: dead'],
    );
  });

  it('is asked at most once in 310 s while it only acknowledges, as gRPC servers demand', () => {
    assert.deepEqual(
      watch(1_200, (_second, pings) => [pings * 17, true]),
      ['20: ping', '330: ping', '640: ping', '950: ping'],
    );
  });

  it('is asked sooner again once it sent data', () => {
    assert.deepEqual(
      watch(60, second => [second < 25 ? 0 : 1_000, true]),
      ['20: ping', '45: ping', '55: dead'],
    );
  });
});
