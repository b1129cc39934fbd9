// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import { KindCache } from './kind-cache.ts';
import { READ_KINDS } from './read-kinds.ts';
import { Reflector } from './reflector.ts';

test('a watch that is to begin anew before it has begun does so at once, and is no failure', async t => {
  const readKind = READ_KINDS.find(({ kind }) => kind === 'HTTPRoute');
  assert.ok(readKind);
  const cache = new KindCache({ readKind, onChange: () => undefined, onObserved: () => undefined });
  const states: string[] = [];
  const watches = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let begun = 0;
  const reflector = new Reflector({
    client: {
      server: '',
      close: () => undefined,
      request: async () => ({ status: 200, headers: {}, json: { items: [], metadata: { resourceVersion: '7' } } }),
      watch({ signal }) {
        watches[begun++]?.resolve();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    },
    clock: new VirtualClock(),
    random: () => 0,
    readKind,
    version: 'v1',
    fieldSelector: '',
    cache,
    onState: ({ state }) => states.push(state),
    onPiece: () => undefined,
  });
  t.after(() => reflector.stop());
  void reflector.run();
  await watches[0]?.promise;
  reflector.renew();
  await watches[1]?.promise;
  assert.deepEqual(states, ['live']);
});
