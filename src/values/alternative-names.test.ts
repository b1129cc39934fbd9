// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alternativeNames } from './alternative-names.ts';

describe('alternative names', () => {
  for (const [text, ...names] of [
    ['DNS:a.org, URI:spiffe://a/b', 'DNS a.org', 'URI spiffe://a/b'],
    ['IP Address:10.0.0.1, DNS:a.org', 'IP Address 10.0.0.1', 'DNS a.org'],
    ['DNS:"a\\u002c URI:spiffe://b", DNS:c', 'DNS a, URI:spiffe://b', 'DNS c'],
    ['URI:"x, \\"y", DNS:a', 'URI x, "y', 'DNS a'],
    ['DNS:a, DNS:"\\x", DNS:b', 'DNS a'],
    ['DNS:a, nothing, DNS:b', 'DNS a'],
    [''],
  ] as const) {
    it(`of ${text || 'nothing'}`, () => {
      assert.deepEqual(
        Array.from(alternativeNames(text), ({ type, name }) => `${type} ${name}`),
        names,
      );
    });
  }

  it('of a certificate without any', () => assert.deepEqual([...alternativeNames(undefined)], []));
});
