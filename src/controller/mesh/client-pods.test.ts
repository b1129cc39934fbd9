// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clientPods } from './client-pods.ts';

const mesh = { nodeAddresses: ['192.0.2.10'], ports: { first: 20_000, last: 29_999 } };

it('reads the Pods of the node where the process is', () => {
  assert.deepEqual(clientPods({ mesh, place: { node: 'n1', zone: null } }), { of: 'node', node: 'n1' });
});

it('reads those of all nodes where no node is known', () => {
  assert.deepEqual(clientPods({ mesh, place: { node: null, zone: 'z1' } }), { of: 'all' });
  assert.deepEqual(clientPods({ mesh }), { of: 'all' });
});

it('reads none without a mesh', () => {
  assert.deepEqual(clientPods({ mesh: null, place: { node: 'n1', zone: null } }), { of: 'none' });
});
