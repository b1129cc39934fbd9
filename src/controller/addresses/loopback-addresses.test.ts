// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_RESOURCES, type ResourceSet } from '../../resources/index.ts';
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

  it('gives the addresses of Gateways that are gone to others once there are no more', () => {
    const book = new LoopbackAddresses(null);
    const there = (...names: readonly string[]): void => {
      const metadata = (name: string) => ({ ...gateway(name), labels: {}, annotations: {}, generation: 1 });
      const gateways = new Map(names.map(name => [name, { metadata: metadata(name), spec: {} }]));
      book.assign({ ...EMPTY_RESOURCES, gateways } as unknown as ResourceSet);
    };
    for (let i = 1; i <= 1_000; i++) {
      there('stays', `preview-${i}`);
      assert.equal(book.addressOf(gateway('stays'), 0), '127.0.0.1');
      assert.notEqual(book.addressOf(gateway(`preview-${i}`), 0), '127.0.0.1');
    }
    there('stays', 'preview-1000', 'more');
    const all = ['stays', 'preview-1000', 'more'].map(name => book.addressOf(gateway(name), 0));
    assert.equal(new Set(all).size, 3);
  });

  it('lets Gateways beyond the last loopback address share it', () => {
    const book = new LoopbackAddresses(null);
    for (let i = 1; i <= 300; i++) book.addressOf(gateway(`g${i}`), 0);
    assert.equal(book.addressOf(gateway('g300'), 0), '127.0.0.254');
  });
});
