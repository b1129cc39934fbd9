// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KindCache } from './kind-cache.ts';
import { READ_KINDS } from './read-kinds.ts';

function setUp() {
  const readKind = READ_KINDS.find(({ kind }) => kind === 'ReferenceGrant');
  assert.ok(readKind);
  const said: string[] = [];
  const onChange = (): void => void said.push('changed');
  const cache = new KindCache({ readKind, onChange, onObserved: key => void said.push(key) });
  const list = (...names: string[]): readonly string[] => {
    said.length = 0;
    const { add, commit } = cache.startList();
    for (const name of names) {
      const metadata = { namespace: 'a', name, uid: `u-${name}`, resourceVersion: '7' };
      const from = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'b' }];
      add({ metadata, spec: { from, to: [{ group: '', kind: 'Service' }] } });
    }
    commit();
    return said;
  };
  return { cache, list };
}

describe('the objects of a kind', () => {
  it('are told of one by one, and once that the set is another one, however long a list is', () => {
    const { list } = setUp();
    assert.deepEqual(list('x', 'y'), ['ReferenceGrant/a/x', 'ReferenceGrant/a/y', 'changed']);
    assert.deepEqual(list('x', 'y'), []);
    assert.deepEqual(list('z'), ['ReferenceGrant/a/x', 'ReferenceGrant/a/y', 'ReferenceGrant/a/z', 'changed']);
  });

  it('are elsewhere when their kind is served in another version, though none of them changed', () => {
    const { cache, list } = setUp();
    cache.setVersion('v1beta1');
    list('x');
    const path = (version: string) => `/apis/gateway.networking.k8s.io/${version}/namespaces/a/referencegrants/x`;
    assert.equal(cache.observed('a/x')?.path, path('v1beta1'));
    cache.setVersion('v1');
    list('x');
    assert.equal(cache.observed('a/x')?.path, path('v1'));
    assert.equal(cache.observed('a/x')?.apiVersion, 'gateway.networking.k8s.io/v1');
  });
});
