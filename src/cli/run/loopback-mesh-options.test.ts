// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLoopbackMesh } from './loopback-mesh-options.ts';

describe('the flags about Services of manifests', () => {
  it('are ranges of addresses, those of clients with a namespace', () => {
    const read = readLoopbackMesh({
      clientNamespace: ['127.0.0.2=fast-clients', '10.1.2.3/16=a', 'fd00::/64=b'],
      meshAddressPool: ['10.96.0.7/16'],
    });
    assert.deepEqual(read, {
      addressPool: ['10.96.0.0/16'],
      clients: [
        { range: '10.1.0.0/16', namespace: 'a' },
        { range: '127.0.0.2/32', namespace: 'fast-clients' },
        { range: 'fd00::/64', namespace: 'b' },
      ],
    });
    assert.deepEqual(readLoopbackMesh({}), { addressPool: [], clients: [] });
  });

  for (const text of ['127.0.0.2', '=a', '127.0.0.2=', '127.0.0.2=A', '127.0.0.2/33=a', 'x/8=a', '10.0.0.0/8=a=b'])
    it(`refuses ${text}`, () => {
      assert.throws(() => readLoopbackMesh({ clientNamespace: [text] }), /--client-namespace/);
    });

  it('refuses two namespaces for one range, however it is written', () => {
    assert.throws(() => readLoopbackMesh({ clientNamespace: ['10.1.0.0/16=a', '10.1.2.3/16=b'] }), /a and b are named/);
    const same = readLoopbackMesh({ clientNamespace: ['10.1.0.0/16=a', '10.1.2.3/16=a'] });
    assert.deepEqual(same.clients, [{ range: '10.1.0.0/16', namespace: 'a' }]);
  });

  it('refuses a pool that is no range', () => {
    assert.throws(() => readLoopbackMesh({ meshAddressPool: ['services'] }), /--mesh-address-pool/);
  });
});
