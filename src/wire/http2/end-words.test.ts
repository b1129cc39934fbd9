// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeOf, endOf } from './end-words.ts';
import { ErrorCode } from './error-code.ts';

describe('HTTP/2 words for ends', () => {
  it('says of every error code why it ended a stream', () => {
    const reasons = Object.entries(ErrorCode).map(([name, code]) => {
      const { reason, origin, detail } = endOf(code, 'peer');
      assert.deepEqual([origin, detail], ['peer', name]);
      return `${name} ${reason}`;
    });
    assert.deepEqual(reasons, [
      'NO_ERROR done',
      'PROTOCOL_ERROR protocol',
      'INTERNAL_ERROR lost',
      'FLOW_CONTROL_ERROR protocol',
      'SETTINGS_TIMEOUT protocol',
      'STREAM_CLOSED protocol',
      'FRAME_SIZE_ERROR protocol',
      'REFUSED_STREAM refused',
      'CANCEL cancelled',
      'COMPRESSION_ERROR protocol',
      'CONNECT_ERROR lost',
      'ENHANCE_YOUR_CALM overload',
      'INADEQUATE_SECURITY protocol',
      'HTTP_1_1_REQUIRED protocol',
    ]);
  });

  it('takes an unknown code for an internal error, and shows it (RFC 9113 §7)', () => {
    assert.deepEqual(endOf(0xbeef, 'peer'), { reason: 'lost', origin: 'peer', detail: '0xbeef' });
    assert.deepEqual(endOf(0xffff_ffff, 'peer').detail, '0xffffffff');
  });

  it('says what we mean so that a peer of ours would read the same', () => {
    for (const reason of ['done', 'cancelled', 'refused', 'protocol', 'overload', 'lost'] as const) {
      assert.equal(endOf(codeOf(reason), 'peer').reason, reason);
    }
    assert.equal(codeOf('deadline'), ErrorCode.CANCEL);
  });

  it('makes no object for an end that it has said before', () => {
    assert.equal(endOf(ErrorCode.CANCEL, 'codec'), endOf(ErrorCode.CANCEL, 'codec'));
  });
});
