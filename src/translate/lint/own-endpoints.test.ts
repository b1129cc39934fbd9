// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Binding, type EndpointSet, endpointSet } from '../../snapshot/index.ts';
import { lintBackendLoops } from './backend-loops.ts';
import { isReachedAt, knownEndpoints, ownEndpoints } from './own-endpoints.ts';

function bindingAt(port: number): Binding {
  return { address: '127.0.0.1', port, admission: 'first-bytes', listeners: [] } as unknown as Binding;
}

/** A set that counts how often it is unpacked. */
function countedSet() {
  const counted = {
    unpacked: 0,
    cluster: 'default/a:80',
    get packed() {
      counted.unpacked++;
      return '10.0.0.1 8080 r0 a\n127.0.0.1 80 r0 b';
    },
  };
  return counted;
}

function lint(bindings: readonly Binding[], sets: readonly EndpointSet[], known: ReturnType<typeof knownEndpoints>) {
  return lintBackendLoops(bindings, { byId: new Map(), endpoints: sets }, { tables: new Map(), known });
}

describe('endpoints where Gateways listen', () => {
  it('are looked for once in each set, and anew when something listens elsewhere', () => {
    const stays = countedSet();
    const first = knownEndpoints([bindingAt(80)], undefined);
    lint([bindingAt(80)], [stays], first);
    assert.equal(stays.unpacked, 1);
    const changed = countedSet();
    const second = knownEndpoints([bindingAt(80)], first);
    lint([bindingAt(80)], [stays, changed], second);
    assert.deepEqual([stays.unpacked, changed.unpacked], [1, 1]);
    const third = knownEndpoints([bindingAt(80), bindingAt(8080)], second);
    lint([bindingAt(80), bindingAt(8080)], [stays], third);
    assert.equal(stays.unpacked, 2);
  });

  it('are those at the address and the port of a binding', () => {
    const at = (address: string, port: number) => ({ address, port, state: 'ready' as const, name: '' });
    const set = endpointSet('default/a:80', [at('10.0.0.1', 80), at('127.0.0.1', 80), at('127.0.0.1', 8080)]);
    const bindings = new Map([[80, [bindingAt(80)]]]);
    const known = knownEndpoints([bindingAt(80)], undefined);
    const own = ownEndpoints(set, bindings, known);
    assert.deepEqual(
      own.map(({ address, port }) => `${address} ${port}`),
      ['127.0.0.1 80'],
    );
    assert.equal(ownEndpoints(set, new Map(), known), own, 'it is remembered');
  });

  it('are reached at the address that is bound, and over loopback at all of them', () => {
    for (const [bound, address, isReached] of [
      ['127.0.0.1', '127.0.0.1', true],
      ['127.0.0.1', '127.0.0.2', false],
      ['10.0.0.5', '127.0.0.1', false],
      ['0.0.0.0', '127.0.0.2', true],
      ['::', '::1', true],
      ['0.0.0.0', '10.0.0.5', false],
      ['::', '10.0.0.5', false],
    ] as const)
      assert.equal(isReachedAt(bound, address), isReached, `${address} where ${bound} is bound`);
  });
});
