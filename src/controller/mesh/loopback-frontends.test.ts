// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LoopbackFrontends } from './loopback-frontends.ts';

const NOTHING = { addressPool: [], clients: [] };
const service = (name: string) => ({ namespace: 'a', name });

describe('Services of manifests', () => {
  it('are given loopback addresses that stay, beside those of Gateways', () => {
    const frontends = new LoopbackFrontends(NOTHING);
    const addresses = ['x', 'y', 'x'].map(name => frontends.addressOf(service(name)));
    assert.deepEqual(addresses, ['127.1.0.1', '127.1.0.2', '127.1.0.1']);
    for (let place = 3; place <= 256; place++) frontends.addressOf(service(`s${place}`));
    assert.equal(frontends.addressOf(service('s256')), '127.1.1.0');
  });

  it('share the one loopback address of systems that have no other', () => {
    const frontends = new LoopbackFrontends(NOTHING, '127.0.0.1');
    assert.equal(frontends.addressOf(service('x')), '127.0.0.1');
  });

  it('are served at ClusterIPs that this machine has', () => {
    const frontends = new LoopbackFrontends({ addressPool: ['10.96.0.0/16'], clients: [] });
    const at = (address: string) => frontends.entranceOf({ ...service('x'), address, port: 80 });
    assert.deepEqual(at('127.5.0.1'), { address: '127.5.0.1', port: 80 });
    assert.deepEqual(at('10.96.3.4'), { address: '10.96.3.4', port: 80 });
    assert.deepEqual(at('::1'), { address: '::1', port: 80 });
    for (const [address, why] of [
      ['10.97.0.1', 'its ClusterIP 10.97.0.1 is no address of this machine'],
      ['127.8.0.l', 'its ClusterIP 127.8.0.l is no IP address'],
    ] as const) {
      assert.equal(at(address), null);
      assert.equal(frontends.closure({ address }), why);
    }
  });
});
