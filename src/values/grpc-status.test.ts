// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GrpcStatus, grpcStatusWord, parseGrpcStatusWord } from './grpc-status.ts';

describe('words of gRPC status codes', () => {
  it('are read in any case, with dashes or underscores', () => {
    for (const [word, code] of Object.entries(GrpcStatus)) {
      assert.equal(grpcStatusWord(code), word);
      for (const text of [word, word.toLowerCase(), word.toLowerCase().replaceAll('_', '-')])
        assert.equal(parseGrpcStatusWord(text), code);
    }
  });

  it('are no others', () => {
    for (const text of ['', 'unavailable ', 'toString', '14']) assert.equal(parseGrpcStatusWord(text), undefined);
    assert.equal(grpcStatusWord(17), undefined);
  });
});
