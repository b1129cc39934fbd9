// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LoopbackAddresses } from './loopback-addresses.ts';

const gateway = (name: string) => ({ namespace: 'default', name });

describe('loopback addresses', () => {
  it('gives each Gateway a loopback address of its own, and the same one again', () => {
    const book = new LoopbackAddresses(null);
    assert.equal(book.addressOf(gateway('a'), 0), '127.0.0.1');
    assert.equal(book.addressOf(gateway('b'), 0), '127.0.0.2');
    assert.equal(book.addressOf(gateway('a'), 0), '127.0.0.1');
  });

  it('puts all Gateways on one address when told so', () => {
    const book = new LoopbackAddresses('10.0.0.1');
    assert.equal(book.addressOf(gateway('a'), 0), '10.0.0.1');
    assert.equal(book.addressOf(gateway('b'), 0), '10.0.0.1');
  });

  it('lets Gateways beyond the last loopback address share it', () => {
    const book = new LoopbackAddresses(null);
    for (let i = 1; i <= 300; i++) book.addressOf(gateway(`g${i}`), 0);
    assert.equal(book.addressOf(gateway('g300'), 0), '127.0.0.254');
  });
});
