// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ClientNamespaces, UNKNOWN_CLIENTS } from './client-namespaces.ts';

describe('the namespaces of clients', () => {
  it('are those of the longest range that holds the address', () => {
    const clients = new ClientNamespaces([
      { range: '10.0.0.0/8', namespace: 'wide' },
      { range: '10.1.0.0/16', namespace: 'narrow' },
      { range: '10.1.2.3/32', namespace: 'pod' },
      { range: 'fd00::1/128', namespace: 'six' },
      { range: 'fd00::/64', namespace: 'sixes' },
    ]);
    const found = ['10.1.2.3', '10.1.2.4', '10.2.0.1', '11.0.0.1', 'fd00::1', 'fd00::2'].map(a =>
      clients.namespaceOf(a),
    );
    assert.deepEqual(found, ['pod', 'narrow', 'wide', UNKNOWN_CLIENTS, 'six', 'sixes']);
  });

  it('are after any updates what they are when all is told at once', () => {
    const client = fc.record({
      range: fc.constantFrom('10.0.0.1/32', '10.0.0.2/32', '10.0.0.3/32', '10.0.0.4/32', '10.0.0.0/30', '10.0.0.0/29'),
      namespace: fc.constantFrom('a', 'b'),
    });
    const list = fc
      .uniqueArray(client, { selector: ({ range }) => range })
      .map(items => items.sort((a, b) => (a.range < b.range ? -1 : 1)));
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 6 }), states => {
        const clients = new ClientNamespaces();
        // Equal items keep their identity, as in snapshots.
        const known = new Map<string, (typeof states)[number][number]>();
        for (const state of states) {
          const shared = state.map(item => known.get(JSON.stringify(item)) ?? item);
          for (const item of shared) known.set(JSON.stringify(item), item);
          clients.update(shared);
          const fresh = new ClientNamespaces(state);
          for (const last of [1, 2, 3, 4, 5, 9])
            assert.equal(clients.namespaceOf(`10.0.0.${last}`), fresh.namespaceOf(`10.0.0.${last}`));
        }
      }),
    );
  });
});
