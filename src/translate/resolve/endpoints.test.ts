// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Endpoint } from '../../snapshot/index.ts';
import { keepEndpoints } from './endpoints.ts';

function set(...endpoints: readonly Partial<Endpoint>[]): Parameters<typeof keepEndpoints>[0] {
  const whole = (one: Partial<Endpoint>): Endpoint => ({ address: '', port: 80, state: 'ready', name: 'p', ...one });
  return { cluster: 'c', endpoints: endpoints.map(whole) };
}

const A = { address: '10.0.0.1' };
const B = { address: '10.0.0.2' };
const C = { address: '10.0.0.3' };

describe('endpoints of a cluster that changed', () => {
  it('are those that were there, wherever they are now', () => {
    const before = set(A, B, { ...B, port: 81 });
    const after = keepEndpoints(before, set(B, { ...B, port: 81 }, C));
    assert.deepEqual(after, set(B, { ...B, port: 81 }, C));
    assert.equal(after.endpoints[0], before.endpoints[1]);
    assert.equal(after.endpoints[1], before.endpoints[2]);
  });

  it('are the same set when nothing changed', () => {
    const before = set(A, B);
    assert.equal(keepEndpoints(before, set(A, B)), before);
    assert.notEqual(keepEndpoints(before, set(A)), before);
    assert.notEqual(keepEndpoints(before, set(A, B, C)), before);
  });

  it('are others when anything of them is', () => {
    const before = set(A);
    for (const other of [{ state: 'draining' }, { name: 'q' }, { distance: 1 }, { port: 81 }] as const) {
      const after = set({ ...A, ...other });
      assert.deepEqual(keepEndpoints(before, after), after);
    }
  });
});
