// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemOfText } from './manifest-limits.ts';
import { toUtf8 } from './manifest-text.ts';

const TEXT = 'name: "대문"\n';
const little = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');
const big = (text: string) => little(text).swap16();

describe('the text of a manifest', () => {
  it('is told by its byte order mark, as kubectl does', () => {
    for (const bytes of [Buffer.from(TEXT), Buffer.from(`\uFEFF\uFEFF${TEXT}`), little(TEXT), big(TEXT)]) {
      assert.equal(toUtf8(bytes).toString(), TEXT);
    }
  });

  it('has a replacement for what is no text', () => {
    assert.equal(toUtf8(little('a\uD800b')).toString(), 'a\uFFFDb');
    assert.equal(toUtf8(Buffer.concat([little('a'), Buffer.from('b')])).toString(), 'a\uFFFD');
  });

  it('is not UTF-16 without mark, whose zeros are refused', () => {
    const bytes = Buffer.from(TEXT, 'utf16le');
    assert.equal(toUtf8(bytes), bytes);
    assert.equal(problemOfText('f', bytes)?.code, 'store/binary');
  });
});
