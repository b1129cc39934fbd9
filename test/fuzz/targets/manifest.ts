// SPDX-License-Identifier: Apache-2.0

import { type FileVersion, readVersion } from '../../../src/store/files/file-version.ts';
/**
 * Manifests as they lie in files. The input is two versions of a file, the second behind the word `NEXT`. Promised: no
 * exception; what is said of a text is inside of the file; reading the second version after the first gives the same as
 * reading it alone; documents cover the file without gap or overlap.
 */
import { problemOfText } from '../../../src/store/files/manifest-limits.ts';
import { toUtf8 } from '../../../src/store/files/manifest-text.ts';
import { configMap, route } from '../../../src/store/files/temporary-folder.test-support.ts';
import { type FuzzTarget, promise } from '../target.ts';

const NEXT = Buffer.from('NEXT');
const OPTIONS = { defaultNamespace: 'default' };

export const manifestTarget: FuzzTarget = {
  name: 'manifest',
  dictionary: [
    ...['---\n', '\n---\n', '...\n', '%YAML 1.2\n', '%TAG ! x\n', 'NEXT', '{"a": 1}', '{', '}', '"}', '- ', 'null'],
    ...['kind: List\n', 'items:\n', '&a ', '*a', '<<: *a\n', '|\n', '>-\n', '!!binary ', '!x ', '? ', '\t', '\r\n'],
    ...[
      '\uFEFF',
      'é',
      '__proto__: ',
      '0x1F',
      '0o7',
      '1e999',
      '.inf',
      '2026-01-01',
      '~',
      '\u2028',
      '\u0085',
      '{{ .x }}',
    ],
    ...['spec:\n  ', 'metadata:\n  name: ', '[[[[', '{{{{', '# c\n', "'", '"'],
  ].map(text => Buffer.from(text)),
  seeds: [
    Buffer.from(`${configMap('a')}---\n${configMap('b')}NEXT${configMap('a')}---\n${configMap('c')}`),
    Buffer.from(`${route('a')}NEXT${route('b')}`),
    Buffer.from('{"apiVersion":"v1","kind":"List","items":[{"kind":"ConfigMap"}]}{"a":1}NEXT{"a":1}'),
    Buffer.from('a: &a [1, 2]\nb: *a\n"c": \'d\'\ne: |\n  f\nNEXTa: {b: [c, ? d : e]}\n'),
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a: 1\n', 'utf16le')]),
  ],
  run(input) {
    const at = input.indexOf(NEXT);
    const [first, second] = at < 0 ? [input, input] : [input.subarray(0, at), input.subarray(at + NEXT.length)];
    const before = read(first);
    const alone = read(second);
    if (alone === undefined) return;
    inspect(alone);
    if (before === undefined) return;
    const after = read(second, before);
    promise(after !== undefined && told(after) === told(alone), 'a version reads the same whatever was there before');
  },
};

function read(bytes: Buffer, previous?: FileVersion): FileVersion | undefined {
  const text = toUtf8(bytes);
  return problemOfText('f', text) === undefined ? readVersion('f', text, { ...OPTIONS, previous }) : undefined;
}

function inspect(version: FileVersion): void {
  const { bytes, documents } = version;
  const lines = bytes.toString('utf8').split('\n');
  let end = 0;
  for (const document of documents) {
    promise(document.start === end && document.end > end, 'documents follow one another');
    end = document.end;
    const { failure, objects } = document.content;
    const places = objects.flatMap(({ value, prefix, issues }) =>
      issues.map(({ path }) => version.placeOf(document, value, [...prefix, ...path])),
    );
    if (failure !== undefined) places.push(version.placeInFile(document, failure));
    for (const { line, column } of places) {
      const length = lines[line - 1]?.length;
      promise(length !== undefined && column >= 1 && column <= length + 1, `${line}:${column} is inside of the file`);
    }
  }
  promise(end === bytes.length, 'documents reach to the end');
}

function told({ documents }: FileVersion): string {
  return JSON.stringify(documents.map(({ start, end, content }) => [start, end, content]));
}
