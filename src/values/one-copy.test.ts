// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { OneCopy } from './one-copy.ts';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

interface Route {
  readonly name: string;
  readonly parents: readonly { readonly kind: string; readonly name: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly { readonly path: string; readonly backends: readonly { readonly name: string }[] }[];
}

function route(name: string, paths: readonly string[], backend = 'backend'): Route {
  const rules = paths.map(path => ({ path, backends: [{ name: backend }] }));
  return { name, parents: [{ kind: 'Gateway', name: 'gateway' }], labels: {}, rules };
}

function keptOf(...routes: readonly Route[]): readonly Route[] {
  const copies = new OneCopy();
  for (const one of routes) copies.keepParts(one);
  return routes;
}

describe('one copy of what is equal', () => {
  it('changes nothing in what it is given', () => {
    const given = [route('a', ['/a', '/b']), route('b', [], 'other'), route('a', ['/a', '/a'])];
    assert.deepEqual(keptOf(...given), [route('a', ['/a', '/b']), route('b', [], 'other'), route('a', ['/a', '/a'])]);
  });

  it('is in all that is equal, from one rule to the next and from one route to the next', () => {
    const [first, second] = keptOf(route('a', ['/a', '/b']), route('b', ['/c']));
    assert.notEqual(first, second);
    assert.equal(first?.parents, second?.parents);
    assert.equal(first?.labels, second?.labels);
    assert.equal(first?.rules[0]?.backends, first?.rules[1]?.backends);
    assert.equal(first?.rules[0]?.backends, second?.rules[0]?.backends);
    assert.notEqual(first?.rules[0], first?.rules[1]);
  });

  it('is told apart by fields that are there, and by lists that are longer', () => {
    const copies = new OneCopy();
    const [one, other] = [{ at: { a: undefined, b: 1 } }, { at: { b: 1, c: undefined } }];
    const [short, long] = [{ at: [1] }, { at: [1, 2] }];
    for (const value of [one, other, short, long]) copies.keepParts(value);
    assert.deepEqual([one, other], [{ at: { a: undefined, b: 1 } }, { at: { b: 1, c: undefined } }]);
    assert.deepEqual([short, long], [{ at: [1] }, { at: [1, 2] }]);
  });

  it('is told apart by what it is, whatever the names of labels are', () => {
    const copies = new OneCopy();
    const hostile = { labels: { 'rules[]': '', 'kinds[]': 'ab', 'labels{}': '', 'rules{}': '' } };
    const given = () => ({ rules: [], kinds: ['a', 'b'], labels: {} });
    const other = given();
    for (const value of [hostile, other]) copies.keepParts(value);
    assert.deepEqual(other, given());
  });

  it('is found again after names without end', () => {
    const copies = new OneCopy();
    for (let at = 0; at < 5_000; at++) copies.keepParts({ labels: { [`name-${at}`]: `${at}` } });
    const [first, second] = [route('a', ['/a']), route('b', ['/b'])];
    for (const value of [first, second]) copies.keepParts(value);
    assert.equal(first.parents, second.parents);
  });

  it('leaves what is frozen and what is named __proto__ alone', () => {
    const copies = new OneCopy();
    const frozen = { at: Object.freeze({ text: 'a text of some length' }) };
    copies.keepParts(frozen);
    const hostile: Record<string, unknown> = JSON.parse('{ "at": { "__proto__": { "text": "x" }, "own": [{}] } }');
    copies.keepParts(hostile);
    assert.equal(Object.getPrototypeOf(hostile['at']), Object.prototype);
    assert.equal(JSON.stringify(hostile), '{"at":{"__proto__":{"text":"x"},"own":[{}]}}');
  });

  it('keeps of a manifest no more than was cut out of it', () => {
    assert.ok(typeof collect === 'function');
    const copies = new OneCopy();
    const kept: object[] = [];
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 1_000; at++) {
      const manifest = `path: /some/path/of/route/${at}\n${'#'.repeat(10_000)}`;
      const found = { path: manifest.slice(6, manifest.indexOf('\n')) };
      copies.keepParts(found);
      kept.push(found);
    }
    collect();
    const each = (process.memoryUsage().heapUsed - before) / kept.length;
    assert.ok(each < 1_000, `${each} bytes each`);
  });

  it('remembers the values of no more names than there are fields', () => {
    assert.ok(typeof collect === 'function');
    const copies = new OneCopy();
    const object = (at: number): object => ({ [`name-${at}`]: [`value ${at} ${'x'.repeat(200)}`] });
    for (let at = 0; at < 1_000; at++) copies.keepParts(object(at));
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 10_000; at++) copies.keepParts(object(1_000 + at));
    collect();
    const more = process.memoryUsage().heapUsed - before;
    assert.ok(more < 1_000_000, `${more} bytes more`);
  });
});
