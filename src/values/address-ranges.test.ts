// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AddressRanges, normalAddress, parseRange } from './address-ranges.ts';

describe('a range of addresses', () => {
  it('is read into its one form', () => {
    const ranges: readonly (readonly [string, string])[] = [
      ['10.0.0.0/8', '10.0.0.0/8'],
      ['10.1.2.3/8', '10.0.0.0/8'],
      ['10.255.255.255/9', '10.128.0.0/9'],
      ['192.0.2.7', '192.0.2.7/32'],
      ['0.0.0.0/0', '0.0.0.0/0'],
      ['2001:DB8:0::1/33', '2001:db8::/33'],
      ['::1', '::1/128'],
      ['::/0', '::/0'],
      ['::ffff:10.0.0.1', '10.0.0.1/32'],
    ];
    for (const [text, range] of ranges) assert.equal(parseRange(text), range, text);
  });

  it('is nothing else', () => {
    const wrong = [
      '',
      'a',
      '10.0.0.0/',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/-1',
      '10.0.0.0/08',
      '10.0.0/8',
      '010.0.0.1',
    ];
    for (const text of [...wrong, '10.0.0.0/8/8', 'fe80::1%eth0', '1.2.3.4.5', '10.0.0.0 /8', '0x7f.0.0.1', '1'])
      assert.equal(parseRange(text), undefined, text);
  });

  it('holds the addresses within it, an IPv4 one also when it is written as IPv6', () => {
    const ranges = new AddressRanges(['10.0.0.0/8', '2001:db8::/32']);
    for (const address of ['10.0.0.0', '10.255.255.255', '::ffff:10.1.1.1', '2001:db8::1', '2001:0DB8::'])
      assert.equal(ranges.has(address), true, address);
    for (const address of ['11.0.0.0', '9.255.255.255', '2001:db9::', '::', '', 'unknown', '10.0.0'])
      assert.equal(ranges.has(address), false, address);
  });
});

describe('an address', () => {
  it('has one form', () => {
    assert.equal(normalAddress('2001:DB8:0:0::1'), '2001:db8::1');
    assert.equal(normalAddress('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(normalAddress('unknown'), undefined);
  });
});
