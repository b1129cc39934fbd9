// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { VirtualClock } from '../proxy/virtual-clock.test-support.ts';
import { AdminPlace, type AdminPlaceParts } from './admin-place.ts';
import { createLog } from './log/log.ts';

for (const [host, warnings, isGuarded = false] of [
  ['127.0.0.1', 0],
  ['::1', 0],
  ['localhost', 0],
  ['0.0.0.0', 1],
  ['::', 1],
  ['10.0.0.5', 1],
  ['0.0.0.0', 0, true],
] as const) {
  it(`warns ${warnings} times of an admin address on ${host}${isGuarded ? ' that is guarded' : ''}`, async () => {
    const lines: string[] = [];
    const place = new AdminPlace({
      wanted: { host, port: 9900, isGuarded },
      source: {} as AdminPlaceParts['source'],
      own: { pid: 1, instance: 'a', paths: [] } as unknown as AdminPlaceParts['own'],
      clock: new VirtualClock(),
      log: createLog({ level: 'info', format: 'json', colours: false, write: line => lines.push(line) }),
      // Nothing is bound outside loopback here.
      listen: options => Promise.resolve({ address: `${options.host}:9900`, close: () => Promise.resolve() }),
    });
    await place.start();
    assert.equal(lines.filter(line => line.includes('can be reached from other machines')).length, warnings);
    await place.close();
  });
}
