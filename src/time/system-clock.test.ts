// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { systemClock } from './system-clock.ts';

/** As if the process had been stopped meanwhile. */
const stall = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);

describe('a timer of the machine', () => {
  it('runs after what came in time was read, however late it was looked at', async t => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [peer] = await once(server, 'connection');
    t.after(() => void [client.destroy(), peer.destroy(), server.close()]);
    const order: string[] = [];
    const read = once(client, 'data').then(() => order.push('read'));
    const ran = Promise.withResolvers<void>();
    systemClock.after(5, () => {
      order.push('ran');
      ran.resolve();
    });
    peer.write('x');
    stall();
    await Promise.all([read, ran.promise]);
    assert.deepEqual(order, ['read', 'ran']);
  });

  it('does not run when it was cancelled at the last moment', async () => {
    let runs = 0;
    const timer = systemClock.after(5, () => runs++);
    const cancelled = new Promise<void>(resolve => {
      setTimeout(() => {
        timer.cancel();
        resolve();
      }, 5);
    });
    stall();
    await cancelled;
    for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
    assert.equal(runs, 0);
  });
});
