// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { admit } from './admit.ts';
import { type NamedResource, ResourceTable } from './resource-table.ts';

function configMap(name: string, data: Record<string, string> = {}, namespace = 'ns'): NamedResource {
  const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
  const { resource, fullName } = admit(value, { defaultNamespace: 'default' });
  assert.ok(resource !== undefined);
  return { resource, fullName };
}

const lists = (...objects: readonly NamedResource[]) => new Map([['ConfigMap' as const, objects]]);

describe('a table of resources', () => {
  it('keeps the identity of the set while nothing changes, read again or not', () => {
    const table = new ResourceTable();
    table.update([lists(configMap('a'), configMap('b'))]);
    const before = table.resources;
    table.update([lists(configMap('b'), configMap('a'))]);
    assert.equal(table.resources, before);
  });

  it('keeps the identity of what did not change', () => {
    const table = new ResourceTable();
    table.update([lists(configMap('a'), configMap('b'))]);
    const before = table.resources;
    table.update([lists(configMap('a', { k: 'v' }), configMap('b'))]);
    assert.equal(table.resources.configMaps.get('ns/b'), before.configMaps.get('ns/b'));
    assert.notEqual(table.resources.configMaps.get('ns/a'), before.configMaps.get('ns/a'));
    assert.equal(table.resources.services, before.services);
    assert.equal(table.resources.namespaces, before.namespaces);
  });

  it('forgets what is gone, its implied namespace too', () => {
    const table = new ResourceTable();
    table.update([lists(configMap('a')), lists(configMap('b', {}, 'other'))]);
    assert.deepEqual([...table.resources.namespaces.keys()], ['ns', 'other']);
    table.update([lists(configMap('a'))]);
    assert.deepEqual([...table.resources.configMaps.keys()], ['ns/a']);
    assert.deepEqual([...table.resources.namespaces.keys()], ['ns']);
    table.update([]);
    assert.equal(table.resources.configMaps.size + table.resources.namespaces.size, 0);
  });

  it('lets the first source win', () => {
    const table = new ResourceTable();
    const first = configMap('a', { from: 'first' });
    const second = configMap('a', { from: 'second' });
    assert.deepEqual(table.update([lists(first), lists(second)]), [{ object: second, isEqual: false }]);
    assert.equal(table.resources.configMaps.get('ns/a'), first.resource);
    table.update([lists(), lists(second)]);
    assert.deepEqual({ ...table.resources.configMaps.get('ns/a')?.data }, { from: 'second' });
  });
});
