// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList } from '../../../wire/index.ts';
import { encodeCheck, encodeList } from './check-request.ts';

describe('a question by gRPC', () => {
  it('is in memory of its own: while a server thinks it holds no more than it is charged with', () => {
    const list = new HeaderList([':method', ':path'], ['GET', '/']);
    const told = (): boolean => true;
    const subject = { list, fields: null, clientAddress: '192.0.2.1', nowMs: 0, body: null };
    const question = encodeCheck(subject, encodeList(list, told), told);
    assert.equal(question.buffer.byteLength, question.length);
  });
});
