// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AddressRanges } from './address-ranges.ts';
import { clientAddressOf } from './forwarded-for.ts';

const PROXIES = new AddressRanges(['10.0.0.0/8']);
const clientOf = (forwardedFor: string | undefined): string => clientAddressOf(forwardedFor, '10.0.0.1', PROXIES);

describe('the address of a client behind trusted proxies', () => {
  it('is the last one that no trusted proxy has, whatever a client wrote before it', () => {
    assert.equal(clientOf('192.0.2.1'), '192.0.2.1');
    assert.equal(clientOf('203.0.113.9, 192.0.2.1'), '192.0.2.1');
    assert.equal(clientOf('192.0.2.1, 10.0.0.2,10.0.0.3'), '192.0.2.1');
    assert.equal(clientOf('10.9.9.9, 192.0.2.1 , 10.0.0.2'), '192.0.2.1');
  });

  it('is the first of the chain where all are trusted', () => {
    assert.equal(clientOf('10.0.0.3, 10.0.0.2'), '10.0.0.3');
    assert.equal(clientOf(undefined), '10.0.0.1');
    assert.equal(clientOf(''), '10.0.0.1');
  });

  it('is the one behind an entry that is no address', () => {
    for (const entry of ['unknown', '_hidden', '', '1.2.3', 'a.test']) {
      assert.equal(clientOf(`192.0.2.1, ${entry}, 10.0.0.2`), '10.0.0.2', entry);
      assert.equal(clientOf(`192.0.2.1, ${entry}`), '10.0.0.1', entry);
    }
  });

  it('has one form, and no port', () => {
    assert.equal(clientOf('192.0.2.1:4711'), '192.0.2.1');
    assert.equal(clientOf('[2001:DB8::1]:80'), '2001:db8::1');
    assert.equal(clientOf('2001:db8:0::1'), '2001:db8::1');
    assert.equal(clientOf('::ffff:192.0.2.1'), '192.0.2.1');
  });

  it('is not looked for along a chain of any length', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
    assert.equal(clientOf(['192.0.2.1', ...chain].join(', ')), chain.at(-32));
  });
});
