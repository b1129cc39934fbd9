// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { grpcPathFault, isGrpcPath, splitGrpcPath } from './grpc-path.ts';

describe('a gRPC path', () => {
  it('is a service and a method, and no dot segment', () => {
    for (const path of ['/a.B/C', '/a/.b', '/.a/b', '/a/...', '/a../b.']) assert.ok(isGrpcPath(path), path);
    for (const path of [
      '',
      '/',
      '/a',
      '/a/',
      '//b',
      '/./b',
      '/../b',
      '/a/.',
      '/a/..',
      '/a/b/c',
      'a/b',
      '/a/b?c',
      '/a/b;c',
    ])
      assert.equal(isGrpcPath(path), false, path);
  });

  it('is one exactly when it can be split and has no fault', () => {
    const piece = fc.constantFrom('/', '.', '..', 'a', 'b.C', '%2f', ' ', '?', '/.', '');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), pieces => {
        const path = pieces.join('');
        assert.equal(isGrpcPath(path), splitGrpcPath(path) !== null, path);
        assert.equal(isGrpcPath(path), grpcPathFault(path) === undefined, path);
      }),
      { numRuns: 2_000 },
    );
  });
});
