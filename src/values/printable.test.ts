// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printable, printableLine } from './printable.ts';

describe('printable text', () => {
  it('escapes what a terminal obeys or what hides a text, as JSON writes it', () => {
    for (const code of [0x00, 0x07, 0x08, 0x0d, 0x1b, 0x7f, 0x80, 0x9b, 0x9d, 0x9f, 0x61c, 0x200b, 0x200f, 0x2028]) {
      const text = `a${String.fromCharCode(code)}b`;
      assert.equal(printable(text), `a\\u${code.toString(16).padStart(4, '0')}b`);
    }
    for (const code of [0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xfff9, 0xfffe, 0xffff]) {
      assert.equal(printable(String.fromCharCode(code)), `\\u${code.toString(16)}`);
    }
  });

  it('writes the tags outside of the basic plane as two escapes, which JSON reads back', () => {
    const tag = '\u{e0041}';
    assert.equal(JSON.parse(`"${printable(tag)}"`), tag);
  });

  it('leaves everything else as it is', () => {
    const text = 'a b\tc\nd é 대문 🚪 👩‍💻 \\x "q"';
    assert.equal(printable(text), text);
  });

  it('keeps a text in one line where lines mean something', () => {
    assert.equal(printableLine('a\nb\tc\u001b[2J'), 'a\\nb\\tc\\u001b[2J');
  });
});
