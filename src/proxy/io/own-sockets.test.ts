// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OwnSockets, sharedPorts } from './own-sockets.ts';

const at = (port: number, address = '127.0.0.1') => ({ address, port });

describe('the own sockets of a process', () => {
  it('know what came from one of them eight times in a row, in all workers', () => {
    const memory = sharedPorts();
    const workers = [new OwnSockets(memory, () => 0), new OwnSockets(memory, () => 0)] as const;
    for (const worker of workers) worker.opened(at(9_999), at(9_998));
    for (let hop = 0; hop < 8; hop++) {
      const worker = workers[hop % 2] as OwnSockets;
      assert.ok(!worker.comesRound(at(1_000 + hop)), `${hop}`);
      worker.opened(at(1_001 + hop), at(1_000 + hop));
    }
    for (const worker of workers) assert.ok(worker.comesRound(at(1_008)));
    assert.ok(!workers[0].comesRound(at(1_008, '192.0.2.1')), 'the port of another machine');
  });

  it('are remembered for two seconds when they are closed, and no longer', () => {
    let now = 1_000;
    const sockets = new OwnSockets(sharedPorts(), () => now);
    for (let hop = 0; hop < 8; hop++) sockets.opened(at(2_001 + hop), at(2_000 + hop));
    sockets.closed(2_008);
    now += 1_999;
    assert.ok(sockets.comesRound(at(2_008)));
    now += 1;
    assert.ok(!sockets.comesRound(at(2_008)));
    sockets.opened(at(2_008), at(1));
    assert.ok(!sockets.comesRound(at(2_008)), 'a port that is used again');
  });
});
