// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { share, shareMap } from './share.ts';

describe('share', () => {
  it('gives back the previous value when nothing differs', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const copy: unknown = structuredClone(value);
        assert.equal(share(value, copy), value);
      }),
    );
  });

  it('equals the new value, whatever the previous one', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (previous, next) => {
        assert.deepEqual(share(previous, next), next);
      }),
    );
  });

  it('keeps the parts that are equal', () => {
    const previous = { kept: { a: [1] }, changed: { b: 1 }, list: [{ c: 1 }, { d: 1 }] };
    const shared = share(previous, { kept: { a: [1] }, changed: { b: 2 }, list: [{ c: 1 }, { d: 2 }] });
    assert.equal(shared.kept, previous.kept);
    assert.equal(shared.list[0], previous.list[0]);
    assert.notEqual(shared.list, previous.list);
  });

  it('does not look into what is the very same', () => {
    const part = Object.defineProperty({}, 'a', { enumerable: true, get: () => assert.fail('it is looked into') });
    assert.equal(share({ part, b: 1 }, { part, b: 2 }).part, part);
    assert.equal(share([part, 1], [part, 2])[0], part);
  });

  it('keeps a field named like the prototype, and takes no inherited one for a field', () => {
    const parse = (text: string): Record<string, unknown> => JSON.parse(text);
    for (const text of ['{"__proto__":{"a":1},"b":1}', '{"__proto__":[],"b":1}', '{"toString":1,"b":1}']) {
      for (const previous of ['{}', '{"b":2}', '{"__proto__":{"a":2}}', text]) {
        const shared = share(parse(previous), parse(text));
        assert.equal(JSON.stringify(shared), text);
        assert.equal(Object.getPrototypeOf(shared), Object.prototype);
      }
    }
  });

  it('tells an undefined field from a missing one', () => {
    const previous: { a: number; b?: number | undefined } = { a: 1, b: undefined };
    const next = { a: 1 };
    assert.deepEqual(Object.keys(share(previous, next)), ['a']);
  });
});

describe('shareMap', () => {
  const previous = new Map([
    ['a', { n: 1 }],
    ['b', { n: 2 }],
  ]);
  const copy = () => structuredClone(previous);

  it('gives back the previous map when nothing differs, whatever the order', () => {
    assert.equal(shareMap(previous, copy()), previous);
    assert.equal(shareMap(previous, new Map([...copy()].reverse())), previous);
  });

  it('keeps the values that are equal where others came, changed or went', () => {
    const larger = shareMap(previous, copy().set('b', { n: 3 }).set('c', { n: 4 }));
    assert.deepEqual([...larger.keys()], ['a', 'b', 'c']);
    assert.equal(larger.get('a'), previous.get('a'));
    assert.deepEqual(larger.get('b'), { n: 3 });
    const smaller = shareMap(previous, new Map([['a', { n: 1 }]]));
    assert.equal(smaller.size, 1);
    assert.equal(smaller.get('a'), previous.get('a'));
  });
});
