// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAuthority, isSameAuthority } from './authority.ts';

describe('an authority', () => {
  const sound = [
    'a.example.com',
    'A.Example.COM',
    'a.example.com.',
    'a.example.com:80',
    'a.example.com.:65535',
    'a.example.com:',
    'localhost',
    'a_b.example.com',
    '_grpc._tcp.example.com',
    'xn--bcher-kva.example',
    '1.2.3.4:50051',
    '[::1]',
    '[::1]:443',
    '[2001:DB8::1]:8080',
    '[::ffff:1.2.3.4]',
  ];
  for (const text of sound) it(`may be ${text}`, () => assert.equal(isAuthority(text), true));

  const wrong = [
    '',
    '.',
    ':80',
    '.example.com',
    'a..example.com',
    'a.example.com..',
    'user@a.example.com',
    'user:pw@a.example.com',
    'a.example.com@evil.org',
    'evil.org/a.example.com',
    'evil.org#.example.com',
    'evil.org?.example.com',
    'evil.org, a.example.com',
    'evil.org,a.example.com',
    'evil.org;a.example.com',
    'evil org.example.com',
    'a.example.com ',
    'a.example.com\t',
    'a.example.com:port',
    'a.example.com:+80',
    'a.example.com:-1',
    'a.example.com: 80',
    'a.example.com:65536',
    'a.example.com:99999',
    'a.example.com:000080',
    'a.example.com:80:80',
    'a.example.com:80,',
    '[::1].example.com',
    '[::1]80',
    '[::1',
    '::1',
    '[]',
    '[1.2.3.4]',
    '[::1%eth0]',
    '[::1%25eth0]',
    '[v1.x]',
    '[:::1]',
    '*.example.com',
    '%61.example.com',
    '"a".example.com',
    "'a'.example.com",
    'a\\b.example.com',
    '<x>.example.com',
    '\xff.example.com',
    'a\x7f.example.com',
    'a\x01.example.com',
    'a.example.com\x00',
    'http://a.example.com',
    `${'a.'.repeat(127)}a`,
  ];
  for (const text of wrong)
    it(`is never ${JSON.stringify(text).slice(0, 40)}`, () => assert.equal(isAuthority(text), false));
});

describe('two authorities', () => {
  it('are the same but for case and the port that the scheme has anyway', () => {
    assert.equal(isSameAuthority('A.test', 'a.test', 'http'), true);
    assert.equal(isSameAuthority('a.test:80', 'a.test', 'http'), true);
    assert.equal(isSameAuthority('a.test:443', 'a.test:', 'https'), true);
    assert.equal(isSameAuthority('[::1]:80', '[::1]', 'http'), true);
    assert.equal(isSameAuthority('a.test:443', 'a.test', 'http'), false);
    assert.equal(isSameAuthority('a.test:80', 'b.test:80', 'http'), false);
    assert.equal(isSameAuthority('a.test:8080', 'a.test', 'http'), false);
  });
});
