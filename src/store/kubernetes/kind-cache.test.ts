// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KindCache } from './kind-cache.ts';
import { pathOf } from './observed-object.ts';
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

function routes() {
  const readKind = READ_KINDS.find(({ kind }) => kind === 'HTTPRoute');
  assert.ok(readKind);
  const said: string[] = [];
  const cache = new KindCache({ readKind, onChange: () => undefined, onObserved: key => void said.push(key) });
  return { cache, said };
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
    const pathNow = (): string => pathOf(cache.observed('a/x') ?? assert.fail());
    assert.equal(pathNow(), path('v1beta1'));
    cache.setVersion('v1');
    list('x');
    assert.equal(pathNow(), path('v1'));
    assert.equal(cache.observed('a/x')?.apiVersion, 'gateway.networking.k8s.io/v1');
  });

  it('have one copy of what they say alike', () => {
    const { cache, list } = setUp();
    list('x', 'y');
    const [x, y] = [...cache.served()];
    assert.ok(x?.kind === 'ReferenceGrant' && y?.kind === 'ReferenceGrant');
    assert.equal(x.spec, y.spec);
    assert.equal(x.metadata.labels, y.metadata.labels);
    assert.notEqual(x.metadata, y.metadata);
  });

  it('are the same to translate for as long as the server counts the same generation and labels, and are observed anew', () => {
    const { cache, said } = routes();
    const route = (resourceVersion: string, more: object, status?: object) => ({
      metadata: { namespace: 'a', name: 'x', uid: 'u', generation: 3, resourceVersion, ...more },
      spec: { hostnames: ['a.example.com'] },
      ...(status === undefined ? {} : { status }),
    });
    cache.put(route('7', {}));
    const first = cache.resources.get('a/x');
    said.length = 0;
    const status = { parents: [] };
    cache.put(route('8', {}, status));
    assert.equal(cache.resources.get('a/x'), first);
    assert.deepEqual(said, ['HTTPRoute/a/x']);
    assert.deepEqual(cache.observed('a/x')?.status, status);
    assert.equal(cache.observed('a/x')?.resourceVersion, '8');
    // No server says so: that the generation is the same is enough, and nothing else is looked at.
    cache.put({ ...route('8.1', {}, status), spec: { hostnames: ['unread.example.com'] } });
    assert.equal(cache.resources.get('a/x'), first);
    cache.put(route('9', { labels: { a: 'b' } }, status));
    assert.deepEqual(cache.resources.get('a/x')?.metadata.labels, { a: 'b' });
    cache.put({
      ...route('10', { generation: 4, labels: { a: 'b' } }, status),
      spec: { hostnames: ['b.example.com'] },
    });
    const last = cache.resources.get('a/x');
    assert.deepEqual(last?.kind === 'HTTPRoute' && last.spec.hostnames, ['b.example.com']);
    cache.put({ ...route('11', { generation: 4, uid: 'another' }), spec: { hostnames: ['c.example.com'] } });
    const another = cache.resources.get('a/x');
    assert.deepEqual(another?.kind === 'HTTPRoute' && another.spec.hostnames, ['c.example.com']);
  });

  for (const [what, version] of [
    ['was kept by a process before', {}],
    ['came from a server that was set back since', { resourceVersion: '12' }],
  ] as const)
    it(`are what a list says in the place of what ${what}, also of the same generation`, () => {
      const { cache } = routes();
      listOne(cache, routeOf('a.example.com', version));
      listOne(cache, routeOf('b.example.com', { resourceVersion: '9' }));
      assert.deepEqual(hostnamesIn(cache), ['b.example.com']);
    });

  it('are what the answer to a write says in the place of what a process before kept, and stay so', () => {
    const { cache } = routes();
    listOne(cache, routeOf('a.example.com', {}));
    const written = routeOf('b.example.com', { resourceVersion: '9' });
    cache.put(written);
    listOne(cache, written);
    assert.deepEqual(hostnamesIn(cache), ['b.example.com']);
  });

  it('are read on where a fault of ours breaks one of them, which stays as it was and is said', () => {
    const { cache } = setUp();
    const from = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'b' }];
    const grant = (name: string, resourceVersion: string) => ({
      metadata: { namespace: 'a', name, uid: `u-${name}`, resourceVersion },
      spec: { from, to: [{ group: '', kind: 'Service' }] },
    });
    const breaking = (name: string) => ({
      ...grant(name, '9'),
      get spec(): never {
        throw new RangeError('a fault');
      },
    });
    for (const name of ['x', 'y']) cache.put(grant(name, '7'));
    const before = cache.resources.get('a/x');
    cache.put(breaking('x'));
    const { add, commit } = cache.startList();
    for (const object of [breaking('x'), breaking('new'), grant('y', '8')]) add(object);
    commit();
    assert.equal(cache.resources.get('a/x'), before);
    assert.deepEqual([...cache.resources.keys()], ['a/x', 'a/y']);
    const told = cache.findings.map(({ code, resource, message }) => [
      code,
      resource?.name,
      message.split(': ').at(-1),
    ]);
    assert.deepEqual(told, [
      ['resource/broken', 'x', 'a fault'],
      ['resource/broken', 'new', 'a fault'],
    ]);
    assert.equal(cache.observed('a/x')?.resourceVersion, '9');
    cache.put(grant('x', '10'));
    assert.equal(cache.findings.length, 1);
  });
});

function routeOf(hostname: string, version: object): Readonly<Record<string, unknown>> {
  const metadata = { namespace: 'a', name: 'x', uid: 'u', generation: 3, ...version };
  return { metadata, spec: { hostnames: [hostname] } };
}

function listOne(cache: KindCache, object: Readonly<Record<string, unknown>>): void {
  const { add, commit } = cache.startList();
  add(object);
  commit();
}

function hostnamesIn(cache: KindCache): readonly string[] | undefined {
  const route = cache.resources.get('a/x');
  assert.ok(route?.kind === 'HTTPRoute');
  return route.spec.hostnames;
}
