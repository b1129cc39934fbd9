// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeGrpcMessage, encodeGrpcMessage } from './message.ts';

describe('grpc-message', () => {
  it('encodes what a field value cannot carry', () => {
    assert.equal(encodeGrpcMessage('no route matches /a.B/C'), 'no route matches /a.B/C');
    assert.equal(encodeGrpcMessage('100%\r\n대문'), '100%25%0D%0A%EB%8C%80%EB%AC%B8');
    assert.equal(encodeGrpcMessage(' x '), '%20x%20');
  });

  it('keeps what is not a valid encoding', () => {
    assert.equal(decodeGrpcMessage('50% off %zz %4'), '50% off %zz %4');
    assert.equal(decodeGrpcMessage('%41%62'), 'Ab');
  });

  it('round-trips any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const encoded = encodeGrpcMessage(text);
        assert.match(encoded, /^[\x20-\x7e]*$/);
        assert.equal(encoded, encoded.trim());
        assert.equal(decodeGrpcMessage(encoded), text);
      }),
    );
  });
});
