// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Authority } from './authority.test-support.ts';
import { ClientContexts } from './client-contexts.ts';

describe('the contexts of clients', () => {
  it('are read once for all who trust the system', () => {
    const contexts = new ClientContexts();
    const first = contexts.of({ trust: null, certificate: null });
    assert.equal(contexts.of({ trust: null, certificate: null }), first);
  });

  it('are one for those with the same secrets, and others for all others', async () => {
    const contexts = new ClientContexts();
    const [a, b] = await Promise.all([Authority.create('a'), Authority.create('b')]);
    const { cert, key } = await a.issue({ dns: ['client.example.com'] });
    const certificate = { id: 'client', names: [], notAfterMs: 0, chain: cert, key };
    const secrets = [
      { trust: a.bundle, certificate: null },
      { trust: b.bundle, certificate: null },
      { trust: a.bundle, certificate },
    ];
    const made = secrets.map(each => contexts.of(each));
    assert.equal(new Set(made).size, 3);
    assert.deepEqual(
      secrets.map(each => contexts.of(each)),
      made,
    );
  });
});
