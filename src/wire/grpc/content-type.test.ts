// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList } from '../head/header-list.ts';
import { isGrpcContentType, isGrpcMessage } from './content-type.ts';

describe('a gRPC content-type', () => {
  it('is application/grpc in any case, alone, with a codec or with parameters', () => {
    for (const type of [
      'application/grpc',
      'Application/GRPC',
      'application/grpc+proto',
      'APPLICATION/GRPC+JSON; charset=utf-8',
      'application/grpc;charset=utf-8',
      'application/grpc ; charset=utf-8',
    ]) {
      assert.equal(isGrpcContentType(type), true, type);
    }
  });

  it('is nothing else', () => {
    for (const type of [
      undefined,
      '',
      'application/grpc-web',
      'application/grpc-web+proto',
      'application/grpcx',
      'application/grp',
      'application/grpc, application/grpc',
      'application/grpc x',
      ' application/grpc',
      'text/plain; a=application/grpc',
    ]) {
      assert.equal(isGrpcContentType(type), false, type);
    }
  });

  it('makes a message gRPC when it is the only one', () => {
    assert.equal(isGrpcMessage(new HeaderList(['content-type'], ['application/grpc'])), true);
    assert.equal(isGrpcMessage(new HeaderList(['a', 'content-type'], ['application/grpc', 'text/plain'])), false);
    const two = new HeaderList(['content-type', 'content-type'], ['application/grpc', 'application/grpc']);
    assert.equal(isGrpcMessage(two), false);
  });
});
