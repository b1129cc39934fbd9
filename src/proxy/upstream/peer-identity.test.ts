// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PeerIdentity } from '../../snapshot/index.ts';
import { hasIdentity } from './peer-identity.ts';

const host = (hostname: string): PeerIdentity => ({ kind: 'hostname', hostname });
const uri = (value: string): PeerIdentity => ({ kind: 'uri', uri: value });

describe('the identity of an endpoint', () => {
  for (const [names, wanted, expected] of [
    ['DNS:a.example.com', host('a.example.com'), true],
    ['DNS:A.Example.Com.', host('a.example.com'), true],
    ['DNS:x.org, DNS:a.example.com', host('a.example.com'), true],
    ['DNS:*.example.com', host('a.example.com'), true],
    ['DNS:*.example.com', host('example.com'), false],
    ['DNS:*.example.com', host('a.b.example.com'), false],
    ['DNS:*.com', host('*.example.com'), false],
    ['DNS:a.example.com', host('*.example.com'), true],
    ['DNS:a.b.example.com', host('*.example.com'), false],
    ['DNS:*.example.com', host('*.example.com'), true],
    ['DNS:*', host('a'), false],
    ['DNS:b.example.com', host('a.example.com'), false],
    ['URI:a.example.com', host('a.example.com'), false],
    ['URI:spiffe://example.com/ns/a', uri('spiffe://example.com/ns/a'), true],
    ['DNS:a, URI:spiffe://example.com/ns/a', uri('spiffe://example.com/ns/a'), true],
    ['URI:spiffe://example.com/ns/A', uri('spiffe://example.com/ns/a'), false],
    ['URI:spiffe://example.com/ns/ab', uri('spiffe://example.com/ns/a'), false],
    ['DNS:spiffe://example.com/ns/a', uri('spiffe://example.com/ns/a'), false],
    // One URI that only looks like two entries.
    ['URI:"http://x/, URI:spiffe://a"', uri('spiffe://a'), false],
    ['URI:"http://x/, URI:spiffe://a"', uri('http://x/, URI:spiffe://a'), true],
    ['DNS:"a.org, DNS:b.org"', host('b.org'), false],
    ['IP Address:10.0.0.1, DNS:a.org', host('a.org'), true],
    ['', host('a.org'), false],
    [undefined, host('a.org'), false],
  ] as const) {
    it(`${expected ? 'is' : 'is not'} ${JSON.stringify(wanted)} by ${names}`, () => {
      assert.equal(hasIdentity(names, [wanted]), expected);
      assert.equal(hasIdentity(names, [host('other.org'), wanted]), expected);
    });
  }
});
