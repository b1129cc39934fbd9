// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeAnswer } from '../../http/external-auth.test-support.ts';
import { readCheckResponse } from './check-response.ts';

function header(key: string, value: string): object {
  return { header: { key, value } };
}

describe('the answer of an authorization server by gRPC', () => {
  it('is a yes when its status is OK, or has none', () => {
    for (const message of [{}, { status: {} }, { status: { code: 0 }, ok_response: {} }, { ok_response: {} }]) {
      assert.deepEqual(readCheckResponse(encodeAnswer(message)), { kind: 'allowed', request: null, response: null });
    }
  });

  it('is a no with any other status, whatever else it says', () => {
    for (const more of [{}, { ok_response: { headers: [header('a', '1')] } }, { denied_response: {} }]) {
      const verdict = readCheckResponse(encodeAnswer({ status: { code: 7 }, ...more }));
      assert.deepEqual(verdict.kind === 'denied' && [verdict.answer.httpStatus, verdict.answer.grpcStatus], [403, 7]);
    }
  });

  it('says how a field is put', () => {
    const headers = [
      header('A', '1'),
      { ...header('b', '2'), append: { value: true } },
      { ...header('c', '3'), append_action: 1 },
      { ...header('d', '4'), append_action: 2 },
      { ...header('e', '5'), append_action: 3 },
      header('host', 'evil'),
      header(':path', '/'),
      header('transfer-encoding', 'chunked'),
    ];
    const verdict = readCheckResponse(encodeAnswer({ ok_response: { headers, headers_to_remove: ['F', 'host'] } }));
    const puts = verdict.kind === 'allowed' ? verdict.request?.puts.map(({ name, how }) => `${name} ${how}`) : null;
    assert.deepEqual(puts, ['a set', 'b append', 'c if-absent', 'd set', 'e if-present']);
    assert.deepEqual(verdict.kind === 'allowed' && verdict.request?.removes, ['f']);
  });

  it('is none when a field cannot be sent', () => {
    for (const bad of [header('a', 'x\r\nb: y'), header('a b', 'x'), header('', 'x'), header('a', ' x')]) {
      for (const message of [
        { ok_response: { headers: [bad] } },
        { ok_response: { response_headers_to_add: [bad] } },
      ]) {
        assert.equal(readCheckResponse(encodeAnswer(message)).kind, 'failed', JSON.stringify(bad));
      }
      const denial = { status: { code: 7 }, denied_response: { headers: [bad] } };
      assert.equal(readCheckResponse(encodeAnswer(denial)).kind, 'failed');
    }
  });

  it('is none when it is cut', () => {
    const whole = encodeAnswer({ status: { code: 0 }, ok_response: { headers: [header('x-user', 'alice')] } });
    // Its first field, the status, is a message by itself.
    for (let length = 5; length < whole.length; length++) {
      assert.equal(readCheckResponse(whole.subarray(0, length)).kind, 'failed', String(length));
    }
  });

  it('never throws, and gives no field that cannot be sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
        const verdict = readCheckResponse(Buffer.from(bytes));
        const puts =
          verdict.kind === 'allowed' ? [...(verdict.request?.puts ?? []), ...(verdict.response?.puts ?? [])] : [];
        assert.ok(puts.every(({ name, value }) => /^[!-~]+$/.test(name) && !/[\r\n]/.test(value)));
      }),
    );
  });
});
