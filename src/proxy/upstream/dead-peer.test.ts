// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DeadPeer } from './dead-peer.ts';

/** Checks once a second and returns what happened when. */
function watch(peer: DeadPeer, seconds: number, bytes: (second: number) => [read: number, written: number]): string[] {
  const events: string[] = [];
  for (let second = 1; second <= seconds; second += 1) {
    const verdict = peer.check(...bytes(second), second * 1_000);
    if (verdict !== 'alive') events.push(`${second}: ${verdict}`);
    if (verdict === 'dead') break;
  }
  return events;
}

describe('a dead peer', () => {
  it('is asked after 20 s of silence and given up 10 s later', () => {
    assert.deepEqual(
      watch(new DeadPeer(0), 60, () => [0, 100]),
      ['20: ping', '30: dead'],
    );
  });

  it('is not looked for while nothing was sent', () => {
    assert.deepEqual(
      watch(new DeadPeer(0), 10_000, () => [0, 0]),
      [],
    );
  });

  it('is alive when it answers, and is not asked again for what it had acknowledged', () => {
    const acknowledged = (second: number): [number, number] => [second < 22 ? 0 : 17, second < 20 ? 100 : 117];
    assert.deepEqual(watch(new DeadPeer(0), 3_600, acknowledged), ['20: ping']);
  });

  it('is asked at most once in 310 s while it only acknowledges, as gRPC servers demand', () => {
    let pings = 0;
    const peer = new DeadPeer(0);
    const events: string[] = [];
    for (let second = 1; second <= 1_200; second += 1) {
      const verdict = peer.check(pings * 17, second * 10, second * 1_000);
      if (verdict === 'ping') pings += 1;
      if (verdict !== 'alive') events.push(`${second}: ${verdict}`);
    }
    assert.deepEqual(events, ['20: ping', '330: ping', '640: ping', '950: ping']);
  });

  it('is asked sooner again once it sent data', () => {
    const peer = new DeadPeer(0);
    const events = watch(peer, 60, second => [second < 25 ? 0 : 1_000, second < 26 ? 100 : 200]);
    assert.deepEqual(events, ['20: ping', '45: ping', '55: dead']);
  });
});
