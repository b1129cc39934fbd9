// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lineText, paintFor, terminalText, visibleWidth } from './paint.ts';
import { formatTable } from './table.ts';

const paint = paintFor({ colours: true });

describe('text for a terminal', () => {
  it('has the colours that we painted, and no other', () => {
    const text = terminalText(`${paint('red', 'error:')} \u001b[32mall is well\u001b[0m`);
    assert.equal(text, '\u001b[31merror:\u001b[39m \\u001b[32mall is well\\u001b[0m');
  });

  it('has no colours where the terminal has none', () => {
    assert.equal(terminalText(paintFor({ colours: false })('red', 'a')), 'a');
  });

  it('keeps lines where there may be several, and escapes them where there is one', () => {
    assert.equal(terminalText('a\nb\tc'), 'a\nb\tc');
    assert.equal(terminalText(lineText(`${paint('dim', 'a\nb')}\r`)), '\u001b[2ma\\nb\u001b[22m\\u000d');
  });

  it('lays out tables by what is seen', () => {
    assert.equal(visibleWidth(paint('bold', 'abc')), 3);
    const table = terminalText(
      formatTable(
        ['A', 'B'],
        [
          ['x\ny', '1'],
          [paint('red', 'z'), '2'],
        ],
      ),
    );
    assert.equal(table, 'A      B\nx\\ny   1\n\u001b[31mz\u001b[39m      2\n');
  });
});
