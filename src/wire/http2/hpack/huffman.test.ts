// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeHuffman, huffmanDecodedBound } from './huffman.ts';

function decode(hex: string): string | null {
  const from = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const to = Buffer.alloc(huffmanDecodedBound(from.length));
  const length = decodeHuffman(from, 0, from.length, to);
  return length < 0 ? null : to.toString('latin1', 0, length);
}

describe('Huffman code', () => {
  it('decodes the examples of RFC 7541 appendix C', () => {
    assert.equal(decode('f1e3 c2e5 f23a 6ba0 ab90 f4ff'), 'www.example.com');
    assert.equal(decode('a8eb 1064 9cbf'), 'no-cache');
    assert.equal(decode('d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff'), 'Mon, 21 Oct 2013 20:13:21 GMT');
    assert.equal(
      decode(
        '94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
      ),
      'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    );
  });

  it('refuses padding of 8 bits, padding with zeros, and the end-of-string symbol', () => {
    assert.equal(decode('1f ff'), null, 'a, then 11 one-bits');
    assert.equal(decode('18'), null, 'a, then zeros');
    assert.equal(decode('ff ff ff ff'), null, 'EOS');
    assert.equal(decode('1f'), 'a');
    assert.equal(decode(''), '');
  });
});
