// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldOf, HeaderListPool } from '../../wire/index.ts';
import { changeFields, type FieldPut } from './field-change.ts';

describe('a change of a head by another server', () => {
  const lists = new HeaderListPool();
  const list = lists.intern([':path', 'a', 'b', 'a'], ['/', '1', '1', '2']);
  const put = (name: string, value: string, how: FieldPut['how']): FieldPut => ({ name, value, how });

  /** All values of a name, those of the list first. */
  function changed(puts: readonly FieldPut[], removes: readonly string[], name: string): string[] {
    const { list: listed, fields } = changeFields({ list, fields: ['c', '1'] }, { puts, removes, query: null }, lists);
    const values = listed.values.filter((_, at) => listed.names[at] === name);
    for (let at = 0; fields !== null && at < fields.length; at += 2) {
      if (fields[at] === name) values.push(fields[at + 1] as string);
    }
    return values;
  }

  const table: readonly (readonly [string, readonly FieldPut[], readonly string[], string, string[]])[] = [
    ['keeps what it does not name', [put('x', '1', 'set')], ['y'], 'a', ['1', '2']],
    ['removes every field of a name', [], ['a'], 'a', []],
    ['removes before it puts', [put('a', 'x', 'append')], ['a'], 'a', ['x']],
    ['sets in place of all', [put('a', 'x', 'set')], [], 'a', ['x']],
    ['appends behind what is there', [put('a', 'x', 'append'), put('a', 'y', 'append')], [], 'a', ['1', '2', 'x', 'y']],
    ['appends behind what was set', [put('a', 'x', 'set'), put('a', 'y', 'append')], [], 'a', ['x', 'y']],
    ['sets in place of what was appended', [put('a', 'x', 'append'), put('a', 'y', 'set')], [], 'a', ['y']],
    ['puts only what is absent', [put('a', 'x', 'if-absent'), put('c', 'x', 'if-absent')], [], 'a', ['1', '2']],
    ['takes what is removed for absent', [put('a', 'x', 'if-absent')], ['a'], 'a', ['x']],
    ['takes what was put for present', [put('n', 'x', 'set'), put('n', 'y', 'if-absent')], [], 'n', ['x']],
    ['puts only what is present', [put('c', 'x', 'if-present')], [], 'c', ['x']],
    ['puts nothing in place of what is not there', [put('n', 'x', 'if-present')], [], 'n', []],
  ];
  for (const [does, puts, removes, name, values] of table) {
    it(does, () => assert.deepEqual(changed(puts, removes, name), values));
  }

  it('changes the query of a target that stands in the list, and leaves it out of the list', () => {
    const change = { puts: [], removes: [], query: { sets: [['k', 'v']] as const, removes: [] } };
    const { list: listed, fields } = changeFields({ list, fields: null }, change, lists);
    assert.deepEqual([listed.get(':path'), fieldOf(fields, ':path')], [undefined, '/?k=v']);
  });
});
