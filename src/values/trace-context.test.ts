// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatTraceParent, isTraceState, parseTraceParent } from './trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const hex = (length: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter(digits => /[^0]/.test(digits));

describe('parseTraceParent', () => {
  it('reads version 00', () => {
    const parent = { traceId: TRACE, spanId: SPAN, isSampled: true, isRandom: false };
    assert.deepEqual(parseTraceParent(`00-${TRACE}-${SPAN}-01`), parent);
    assert.deepEqual(parseTraceParent(`00-${TRACE}-${SPAN}-02`), { ...parent, isSampled: false, isRandom: true });
    assert.equal(parseTraceParent(`00-${TRACE}-${SPAN}-fc`)?.isSampled, false);
  });

  it('reads what it knows of later versions, whatever follows', () => {
    for (const text of [`01-${TRACE}-${SPAN}-01`, `cc-${TRACE}-${SPAN}-01-what`, `fe-${TRACE}-${SPAN}-01-`])
      assert.equal(parseTraceParent(text)?.traceId, TRACE, text);
  });

  for (const [why, text] of [
    ['nothing', ''],
    ['no version', `${TRACE}-${SPAN}-01`],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['more than version 00 has', `00-${TRACE}-${SPAN}-01-00`],
    ['more without a dash', `01-${TRACE}-${SPAN}-01.00`],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['another separator', `00_${TRACE}-${SPAN}-01`],
    ['a letter that is no digit', `00-${TRACE}-${SPAN}-0g`],
    ['a blank before it', ` 00-${TRACE}-${SPAN}-01`],
    ['two fields', `00-${TRACE}-${SPAN}-01,00-${TRACE}-${SPAN}-01`],
    ['digits of another script', `00-${TRACE.slice(1)}１-${SPAN}-01`],
  ] as const) {
    it(`refuses ${why}`, () => assert.equal(parseTraceParent(text), null));
  }

  it('reads back whatever was written, and nothing else', () => {
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), fc.boolean(), (traceId, spanId, isSampled, isRandom) => {
        const parent = { traceId, spanId, isSampled, isRandom };
        assert.deepEqual(parseTraceParent(formatTraceParent(parent)), parent);
      }),
    );
  });

  it('agrees with the grammar of the recommendation on any text near it', () => {
    const grammar = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|(?<!^00.*)-)/s;
    const good = `00-${TRACE}-${SPAN}-01`;
    const edit = fc.record({ at: fc.nat(60), drop: fc.nat(2), put: fc.string({ maxLength: 2 }) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), fc.constantFrom(good, `01${good.slice(2)}-x`), (edits, start) => {
        const text = edits.reduce<string>(
          (now, { at, drop, put }) => now.slice(0, at) + put + now.slice(at + drop),
          start,
        );
        assert.equal(parseTraceParent(text) !== null, grammar.test(text), text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('isTraceState', () => {
  it('takes members with keys and values of the grammar, with blanks around them and none at all', () => {
    for (const text of [
      'a=1',
      'a=1,b=2',
      'a=1 , b=2',
      'a=1,,b=2',
      '',
      'tenant@vendor=x y',
      `a=${'x'.repeat(256)}`,
      'a*/_-1=1',
    ])
      assert.equal(isTraceState(text), true, text);
  });

  it('takes time that grows with the length of the text, whatever is in it', () => {
    const hostile = [
      `${' '.repeat(4_094)}x`,
      `a=${' '.repeat(4_000)}`,
      `${'a='.repeat(2_000)}`,
      `a=1${' ,'.repeat(2_000)}`,
    ];
    const startMs = performance.now();
    for (let round = 0; round < 100; round++) for (const text of hostile) isTraceState(text);
    assert.ok(performance.now() - startMs < 2_000);
  });

  it('refuses other keys and values, two of one name, and too much', () => {
    const many = Array.from({ length: 33 }, (_, at) => `k${at}=1`).join(',');
    const refused = ['a', '=1', 'A=1', 'a=', 'a=b=c', 'a=1,a=2', `a=${'x'.repeat(257)}`, 'a@1=1', 'a=ü', many];
    for (const text of [...refused, `${'a=1,'.repeat(1)}${','.repeat(4_100)}`])
      assert.equal(isTraceState(text), false, text);
  });
});
