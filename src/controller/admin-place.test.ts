// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { VirtualClock } from '../proxy/virtual-clock.test-support.ts';
import { AdminPlace, type AdminPlaceParts } from './admin-place.ts';
import { createLog } from './log/log.ts';
import { besideOf } from './ports/siblings.ts';

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

/** An older process of the same gateway, which answers at the address that is wanted. */
async function olderProcess(t: TestContext, paths: readonly string[]): Promise<number> {
  const status = { process: { instance: 'older', pid: 4711, paths }, sockets: [] };
  const server = createServer((_request, response) => response.end(JSON.stringify(status)));
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A place that wants `port`, where `taken` says which ports cannot be had. */
function placeAt(port: number, taken: Set<number>) {
  const clock = new VirtualClock();
  const open = new Set<string>();
  const place = new AdminPlace({
    wanted: { host: '127.0.0.1', port },
    source: {} as AdminPlaceParts['source'],
    own: { instance: 'own', pid: 1, paths: ['/a'] },
    clock,
    log: createLog({ level: 'error', format: 'json', colours: false, write: () => {} }),
    listen: options => {
      if (taken.has(options.port)) return Promise.reject(Object.assign(new Error('taken'), { code: 'EADDRINUSE' }));
      const address = `127.0.0.1:${options.port}`;
      open.add(address);
      return Promise.resolve({ address, close: async () => void open.delete(address) });
    },
  });
  return { place, clock, open };
}

describe('the admin server of a process that replaces an older one', () => {
  it('answers at the next port until the older one has gone', async t => {
    const port = await olderProcess(t, ['/a']);
    const taken = new Set([port]);
    const { place, clock, open } = placeAt(port, taken);
    await place.start();
    assert.equal(place.address, `127.0.0.1:${besideOf({ host: '', port }).port}`);
    clock.advance(250);
    await settled();
    assert.equal(clock.pending, 1, 'it is tried again');
    taken.clear();
    clock.advance(250);
    await settled();
    assert.equal(place.address, `127.0.0.1:${port}`);
    assert.deepEqual([...open], [place.address]);
    assert.equal(clock.pending, 0);
    await place.close();
    assert.equal(open.size, 0);
  });

  it('answers at a free port where the next one is taken too', async t => {
    const port = await olderProcess(t, ['/a']);
    const { place, clock, open } = placeAt(port, new Set([port, besideOf({ host: '', port }).port]));
    await place.start();
    assert.deepEqual([...open], ['127.0.0.1:0']);
    await place.close();
    assert.deepEqual([open.size, clock.pending], [0, 0]);
  });

  it('leaves nothing open when it ends while the address is tried', async t => {
    const port = await olderProcess(t, ['/a']);
    for (const isFree of [true, false]) {
      const taken = new Set([port]);
      const { place, clock, open } = placeAt(port, taken);
      await place.start();
      if (isFree) taken.clear();
      clock.advance(250);
      await place.close();
      await settled();
      assert.deepEqual([open.size, clock.pending], [0, 0]);
    }
  });

  it('does not start where somebody else has the address', async t => {
    const port = await olderProcess(t, ['/b']);
    await assert.rejects(placeAt(port, new Set([port])).place.start(), { code: 'EADDRINUSE' });
  });
});

/** What hangs on promises alone is done. */
const settled = () => new Promise(done => setImmediate(done));
