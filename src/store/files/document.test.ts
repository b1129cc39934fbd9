// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDocument } from './document.ts';

const read = (text: string) => readDocument(text, { defaultNamespace: 'default' });

describe('aliases', () => {
  it('are followed, and merged', () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  labels: &labels {app: x}
  annotations: {<<: *labels, more: z}
`;
    const { objects, failure } = read(text);
    assert.equal(failure, undefined);
    assert.deepEqual({ ...objects[0]?.resource?.metadata.annotations }, { app: 'x', more: 'z' });
  });

  it('are merged from two merge keys in one mapping, as kubectl does', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {<<: {b: x}, <<: {c: z}}\n';
    const { objects, failure } = read(text);
    assert.deepEqual([failure, objects[0]?.issues], [undefined, []]);
  });

  it('are refused when they stand for too many nodes', () => {
    const lines = Array.from({ length: 9 }, (_, at) => `x${at + 1}: &x${at + 1} [${Array(10).fill(`*x${at}`).join()}]`);
    const { objects, failure } = read(`x0: &x0 [1]\n${lines.join('\n')}`);
    assert.equal(objects.length, 0);
    assert.match(failure?.message ?? '', /too many nodes/);
  });
});

describe('what a document may hold', () => {
  it('is nothing at all', () => {
    for (const text of ['', '# comment', '---', '--- # comment\n', '---\nnull\n']) {
      assert.deepEqual(read(text), { objects: [], failure: undefined }, JSON.stringify(text));
    }
  });

  it('is told with the place of a fault in lines that end with a line feed', () => {
    // For the parser a carriage return alone ends a line too.
    const { failure } = read('\r {T{T{T T{T{');
    assert.deepEqual([failure?.line, failure?.column], [1, 5]);
  });

  it('is JSON, with tabs', () => {
    const text = '{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "a"}\n}';
    assert.equal(read(text).objects[0]?.ref?.name, 'a');
  });

  it('is a List, whose items need not repeat its type, and no List in a List', () => {
    const list = (kind: string, items: string) => read(`apiVersion: v1\nkind: ${kind}\nitems: ${items}`).objects;
    const item = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}';
    assert.deepEqual(
      list('ConfigMapList', `[${item}, {metadata: {name: b}}]`).map(({ ref }) => ref?.name),
      ['a', 'b'],
    );
    assert.deepEqual(list('List', 'null'), []);
    const codes = (text: string) => list('List', text).flatMap(({ issues }) => issues.map(({ code }) => code));
    assert.deepEqual(codes(`[${item}, {apiVersion: v1, kind: List, items: [${item}]}]`), ['store/list']);
    assert.deepEqual([codes('text'), codes('{}')], [['store/list'], ['store/list']]);
  });

  it('is no control character, wherever it stands', () => {
    const { failure } = read('apiVersion: v1\nkind: ConfigMap # \u0007\n');
    assert.deepEqual(failure, { message: 'the control character U+0007 is not allowed', line: 2, column: 19 });
    assert.equal(read('a: "\t\u0085"').failure, undefined);
    assert.equal(read('{"a": "\u009c\u007f"}').failure, undefined);
    assert.equal(read('{"a": "\u0007"}').failure?.line, 1);
  });

  it('is no key twice', () => {
    const { objects, failure } = read('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {}\ndata: {}\n');
    assert.equal(failure, undefined);
    assert.deepEqual([objects[0]?.resource, objects[0]?.ref?.name], [undefined, 'a']);
    assert.deepEqual(
      objects[0]?.issues.map(({ code, path }) => [code, path]),
      [['schema/duplicate', ['data']]],
    );
  });

  it('is no key twice, however it is spelt', () => {
    const { objects } = read(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {yes: x, "true": z, 0x1: b, 1: c}\n',
    );
    assert.deepEqual(
      objects[0]?.issues.map(({ code, path }) => [code, path.join('.')]),
      [
        ['schema/duplicate', 'data.true'],
        ['schema/duplicate', 'data.1'],
      ],
    );
  });

  it('is no key twice, though the second is an alias', () => {
    const { objects } = read('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {&k a: x, *k : z}\n');
    assert.deepEqual(
      objects[0]?.issues.map(({ code, path }) => [code, path.join('.')]),
      [['schema/duplicate', 'data.a']],
    );
  });

  it('is tagged', () => {
    const { objects, failure } = read('--- !foo\napiVersion: v1\nkind: !bar ConfigMap\nmetadata: !baz {name: a}\n');
    assert.deepEqual([failure, objects[0]?.issues, objects[0]?.ref?.name], [undefined, [], 'a']);
  });

  it('is not after a directive that kubectl refuses', () => {
    const { objects, failure } = read('%YAML 1.2\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
    assert.deepEqual([objects, failure?.line], [[], 1]);
  });

  it('is an object without kind, which its name tells apart', () => {
    const [object] = read('apiVersion: v1\nmetadata: {name: a}\n').objects;
    assert.deepEqual([object?.ref?.name, object?.issues[0]?.code], ['a', 'schema/kind']);
  });
});
