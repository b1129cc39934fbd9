// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Binding, RouteEntry } from '../../snapshot/index.ts';
import { binding, listener, rule } from '../http/gateway.test-support.ts';
import { changedEntries } from './changed-entries.ts';

const ENTRIES = listener('a', [rule('one', []), rule('two', []), rule('three', [])]).virtualHosts.flatMap(
  host => host.entries,
) as [RouteEntry, RouteEntry, RouteEntry];
const [one, two, three] = ENTRIES;

/** One listener for each list of entries. */
function bindings(...lists: readonly (readonly RouteEntry[])[]): readonly Binding[] {
  return [binding(lists.map((entries, at) => listener(`l${at}`, [], { virtualHosts: [{ hostname: '*', entries }] })))];
}

describe('changed entries', () => {
  it('are those that were not there; what only moved was', () => {
    const newTwo = { ...two };
    assert.deepEqual(changedEntries([], bindings([one], [two])), [one, two]);
    const changed = changedEntries(bindings([one, two, three]), bindings([one, newTwo, three]));
    assert.deepEqual([changed.length, changed[0] === newTwo], [1, true]);
    assert.deepEqual(changedEntries(bindings([one, three]), bindings([one, two, three])), [two]);
    assert.deepEqual(changedEntries(bindings([one, two, three]), bindings([three, newTwo, one])), [newTwo]);
    assert.deepEqual(changedEntries(bindings([one, two]), bindings([one])), []);
    assert.deepEqual(changedEntries(bindings([one], [two]), bindings([one])), []);
    assert.deepEqual(changedEntries(bindings([one]), bindings([one], [one])), [one]);
  });

  it('are those of what came, however many bindings, listeners and hosts it moved by a place', () => {
    const newTwo = { ...two };
    const host = (hostname: string, entries: readonly RouteEntry[]) => ({ hostname, entries });
    const hosts = [host('a', [one]), host('c', [two]), host('d', [three])];
    const having = (id: string, ...lists: (typeof hosts)[]): Binding => ({
      ...binding(lists.map((virtualHosts, at) => listener(`${id}${at}`, [], { virtualHosts }))),
      id,
    });
    const [a, b, c] = [having('a', hosts), having('b', [host('x', [newTwo])]), having('c', hosts)];
    assert.deepEqual(changedEntries([a, c], [a, b, c]), [newTwo]);
    assert.deepEqual(changedEntries([a, b, c], [a, c]), []);
    const came = [...hosts.slice(0, 1), host('b', [newTwo]), ...hosts.slice(1)];
    assert.deepEqual(changedEntries([having('a', hosts)], [having('a', came)]), [newTwo]);
    assert.deepEqual(changedEntries([having('a', came)], [having('a', hosts)]), []);
    const twoChanged = [host('a', [newTwo]), ...hosts.slice(1, 2), host('c2', [one]), ...hosts.slice(2)];
    assert.deepEqual(changedEntries([having('a', hosts)], [having('a', twoChanged)]), [newTwo, one]);
  });

  it('of a list that several hosts have are told of once', () => {
    const list = [one, two];
    assert.deepEqual(changedEntries([], bindings(list, list)), [one, two]);
    assert.deepEqual(changedEntries(bindings([one], [two]), bindings(list, list)), [two, one]);
  });

  it('are none in the same bindings, and in new ones of the same entries', () => {
    const before = bindings(ENTRIES, ENTRIES);
    assert.deepEqual(changedEntries(before, before), []);
    assert.deepEqual(changedEntries(before, bindings([...ENTRIES], ENTRIES)), []);
  });
});
