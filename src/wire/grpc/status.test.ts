// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isGrpcContentType } from './content-type.ts';
import { grpcStatusName, grpcStatusOfHttp, parseGrpcStatus } from './status.ts';

describe('gRPC status', () => {
  it('has a name for every code, as metrics and as the specification spell it', () => {
    assert.deepEqual([0, 1, 5, 14, 16].map(grpcStatusName), [
      'OK',
      'Canceled',
      'NotFound',
      'Unavailable',
      'Unauthenticated',
    ]);
    assert.equal(grpcStatusName(99), 'Unknown');
  });

  it('follows the mapping of HTTP statuses', () => {
    const mapped = [400, 401, 403, 404, 429, 502, 503, 504, 200, 500, 418].map(grpcStatusOfHttp);
    assert.deepEqual(mapped, [13, 16, 7, 12, 14, 14, 14, 14, 2, 2, 2]);
  });

  it('reads numbers only', () => {
    assert.deepEqual(['0', '16', 'x', '', '-1', undefined].map(parseGrpcStatus), [
      0,
      16,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('gRPC content type', () => {
  it('is application/grpc alone, or with a suffix or parameters; gRPC-Web is another protocol', () => {
    for (const yes of ['application/grpc', 'application/grpc+proto', 'application/grpc;charset=utf-8']) {
      assert.equal(isGrpcContentType(yes), true, yes);
    }
    for (const no of [undefined, '', 'application/grpc-web', 'application/grpcx', 'text/plain', 'application/json']) {
      assert.equal(isGrpcContentType(no), false, no);
    }
  });
});
