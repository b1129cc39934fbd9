// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryStore } from './memory-store.ts';

const configMap = (name: string, data: Record<string, unknown> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

describe('memory store', () => {
  it('holds what it was given, with defaults, and tells of changes', async () => {
    const store = memoryStore([configMap('a')]);
    assert.equal(store.current().resources.configMaps.size, 0, 'nothing before start');
    await store.start();
    assert.deepEqual([...store.current().resources.configMaps.keys()], ['default/a']);
    let changes = 0;
    store.onChange(() => changes++);
    store.apply(configMap('a', { k: 'v' }), configMap('b'));
    store.delete({ kind: 'ConfigMap', namespace: 'default', name: 'b' });
    store.delete({ kind: 'ConfigMap', namespace: 'default', name: 'b' });
    assert.equal(changes, 2);
    assert.deepEqual({ ...store.current().resources.configMaps.get('default/a')?.data }, { k: 'v' });
    assert.equal(store.current().resources.configMaps.size, 1);
  });

  it('refuses what an API server would, and then changes nothing', async () => {
    const store = memoryStore();
    await store.start();
    const error = { code: 'store/refused', message: /^ConfigMap\/default\/b: data\.k: / };
    assert.throws(() => store.apply(configMap('a'), configMap('b', { k: 1 })), error);
    assert.equal(store.current().resources.configMaps.size, 0);
  });
});
