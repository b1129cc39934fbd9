// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeHealthResponse, encodeHealthRequest } from './health-message.ts';

const framed = (...body: number[]): Buffer => Buffer.from([0, 0, 0, 0, body.length, ...body]);

describe('health check messages', () => {
  it('asks for a service by name, and for the server with an empty message', () => {
    assert.deepEqual(encodeHealthRequest(''), Buffer.from([0, 0, 0, 0, 0]));
    assert.deepEqual(encodeHealthRequest('ab'), Buffer.from([0, 0, 0, 0, 4, 0x0a, 2, 0x61, 0x62]));
    assert.equal(encodeHealthRequest('x'.repeat(200)).length, 5 + 3 + 200);
  });

  it('reads every status; an empty message is UNKNOWN', () => {
    assert.equal(decodeHealthResponse(framed()), 'UNKNOWN');
    assert.equal(decodeHealthResponse(framed(8, 1)), 'SERVING');
    assert.equal(decodeHealthResponse(framed(8, 2)), 'NOT_SERVING');
    assert.equal(decodeHealthResponse(framed(8, 3)), 'SERVICE_UNKNOWN');
    assert.equal(decodeHealthResponse(framed(8, 99)), 'UNKNOWN');
  });

  it('skips fields that it does not know', () => {
    assert.equal(decodeHealthResponse(framed(0x12, 2, 1, 1, 0x1d, 0, 0, 0, 0, 8, 1, 0x20, 0xff, 1)), 'SERVING');
  });

  it('takes any bytes without throwing', () => {
    assert.equal(decodeHealthResponse(framed(8)), undefined);
    assert.equal(decodeHealthResponse(Buffer.from([1, 0, 0, 0, 0])), undefined);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), bytes => void decodeHealthResponse(Buffer.from(bytes))));
  });
});
