// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatNamespacedName } from './namespaced-name.ts';
import { NearbyObjects } from './nearby-objects.ts';

function near(wanted: string, ...known: string[]): string[] {
  return new NearbyObjects(known.map(named)).near(named(wanted)).map(formatNamespacedName);
}

function named(text: string): { namespace: string; name: string } {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}

describe('objects near to a wrong name', () => {
  it('are those of a similar name here, of the same name elsewhere, of a similar name elsewhere', () => {
    assert.deepEqual(near('app/users', 'web/user', 'backend/users', 'app/user', 'app/orders'), [
      'app/user',
      'backend/users',
      'web/user',
    ]);
  });

  it('are three at most, never the one itself, and none where nothing is near', () => {
    assert.deepEqual(near('app/users', 'a/users', 'b/users', 'c/users', 'd/users'), ['a/users', 'b/users', 'c/users']);
    assert.deepEqual(near('app/users', 'app/users', 'app/payment'), []);
  });

  it('have more than two letters in common with a short name', () => {
    assert.deepEqual(near('app/a', 'app/b', 'other/a'), ['other/a']);
  });

  it('cost no more than a bounded number of comparisons', () => {
    const many = new NearbyObjects(
      Array.from({ length: 50_000 }, (_, at) => ({ namespace: 'app', name: `service-${at}` })),
    );
    const ask = () => many.near({ namespace: 'app', name: 'service-1x' }).length;
    assert.deepEqual([ask(), ask(), ask(), ask()], [3, 3, 3, 3]);
    assert.equal(ask(), 0);
    assert.equal(many.near({ namespace: 'web', name: 'service-7' }).length, 1, 'the same name is always found');
  });
});
