// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAX_DOCUMENTS } from './document-ranges.ts';
import { type FileVersion, readVersion } from './file-version.ts';
import { configMap } from './temporary-folder.test-support.ts';

const OPTIONS = { defaultNamespace: 'default' };
const read = (text: string, previous?: FileVersion) => readVersion('f', Buffer.from(text), { ...OPTIONS, previous });
const shapeOf = ({ documents }: FileVersion) =>
  documents.map(({ start, end, content }) => [start, end, content.objects.length, content.failure]);

describe('versions of a file', () => {
  it('reads a new version as if there had been none before, whatever changed', () => {
    const piece = fc.constantFrom(
      '---',
      '\n',
      '--',
      '-',
      ' ',
      'a: 1\n',
      '%TAG ! x\n',
      '...\n',
      '\n---\n',
      '# c\n',
      '\r\n',
      'é',
      '{"a": 1}',
      '{',
      '"}',
      '\uFEFF',
    );
    const text = fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''));
    const edit = fc.tuple(text, text, text, text);
    fc.assert(
      fc.property(edit, ([before, middle, after, other]) => {
        const old = read(before + middle + after);
        const next = before + other + after;
        assert.deepEqual(shapeOf(read(next, old)), shapeOf(read(next)));
      }),
      { numRuns: 2000, examples: [[['', '---', '%TAG ! x\n---', '']]] },
    );
  });

  it('does not read an unchanged document again, wherever it moved', () => {
    const documents = ['a', 'b', 'c', 'd'].map(name => `---\n${configMap(name)}`);
    const [a = '', b = '', c = '', d = ''] = documents;
    const old = read(a + b + c + d);
    const next = read(a + c + configMap('new').replace(/^/, '---\n') + d + b, old);
    const contents = new Map(old.documents.map(({ content }) => [content.objects[0]?.ref?.name, content]));
    for (const { content } of next.documents) {
      const name = content.objects[0]?.ref?.name;
      if (name !== 'new') assert.equal(content, contents.get(name), name);
    }
    assert.equal(next.documents.length, 5);
  });

  it('has an end: more documents than a file may have are not read, in YAML or JSON', () => {
    const codeOf = (text: string) => read(text).documents.find(({ content }) => content.failure)?.content.failure?.code;
    assert.equal(codeOf('---\n'.repeat(MAX_DOCUMENTS)), undefined);
    assert.equal(codeOf('---\n'.repeat(MAX_DOCUMENTS + 2)), 'store/too-many-documents');
    assert.equal(codeOf('{}'.repeat(MAX_DOCUMENTS + 1)), 'store/too-many-documents');
  });

  it('is the same version when not a byte changed', () => {
    const old = read(configMap('a'));
    assert.equal(read(configMap('a'), old), old);
  });

  it('never throws on any text', () => {
    const char = fc.constantFrom(...'{}[]:-?&*!|>%@`"\'#,\n \tabc<~0');
    fc.assert(
      fc.property(fc.string({ unit: char, maxLength: 60 }), text => void read(text)),
      { numRuns: 2000 },
    );
  });
});
