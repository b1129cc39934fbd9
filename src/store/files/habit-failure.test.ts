// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDocument } from './document.ts';

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n';

function failureOf(text: string): readonly [string, number, number] | undefined {
  const { failure } = readDocument(text, { defaultNamespace: 'default' });
  return failure && [failure.code ?? 'store/syntax', failure.line, failure.column];
}

describe('a text that is not YAML by habit', () => {
  const templates: readonly (readonly [string, number, number])[] = [
    ['apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n', 4, 9],
    ['apiVersion: v1\nkind: Service\nmetadata:\n  name: "{{ .Values.name }}"\n', 4, 10],
    ['{{- if .Values.x }}\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n{{- end }}\n', 1, 1],
    [`${SERVICE}  labels:\n    {{- include "x" . | nindent 4 }}\n`, 6, 5],
    [`${SERVICE}spec:\n  ports:\n  {{- range .Values.ports }}\n  - port: {{ .port }}\n  {{- end }}\n`, 7, 3],
  ];
  for (const [text, line, column] of templates) {
    it(`is called a template: ${JSON.stringify(text.split('\n')[line - 1])}`, () => {
      assert.deepEqual(failureOf(text), ['store/template', line, column]);
      const { failure } = readDocument(text, { defaultNamespace: 'default' });
      assert.match(failure?.message ?? '', /^this is a template, not a manifest: \{\{.+\}\} is filled in/);
    });
  }

  const tabs: readonly (readonly [string, number, number])[] = [
    [`${SERVICE}\tlabels: {}\n`, 5, 1],
    [`${SERVICE}spec:\n  ports:\n\t- port: 1\n`, 7, 1],
    [`${SERVICE}spec:\n  ports:\n  - port: 1\n  \tname: x\n`, 8, 3],
  ];
  for (const [text, line, column] of tabs) {
    it(`is called a tab: ${JSON.stringify(text.split('\n')[line - 1])}`, () => {
      assert.deepEqual(failureOf(text), ['store/tab', line, column]);
    });
  }

  const joined: readonly (readonly [string, number, number])[] = [
    ['apiVersion: v1 kind: Service metadata: name: a\n', 1, 16],
    [`apiVersion: gateway.networking.k8s.io/v1 kind: Gateway metadata: name: gw spec:\n`, 1, 42],
  ];
  for (const [text, line, column] of joined) {
    it(`is called one line: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(failureOf(text), ['store/one-line', line, column]);
    });
  }

  it('is neither where a text only speaks of templates or holds tabs', () => {
    const rule = '  annotations: {a: "{{ $labels.instance }} is down"}\n';
    assert.equal(failureOf(`${SERVICE}${rule}spec: { ports: [{ port: 1 }] }\n`), undefined);
    assert.equal(failureOf(`${SERVICE}${rule}spec: { ports: [{ port: 99999999 }] }\n`), undefined);
    assert.equal(failureOf(`${SERVICE}${rule}spec: [\n`)?.[0], 'store/syntax');
    assert.equal(failureOf('{ apiVersion: v1, kind: Service, metadata: { name: a } }\n'), undefined);
    const script = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  run: |\n    all:\n    \techo\n';
    assert.equal(failureOf(script), undefined);
    assert.equal(failureOf(`${script}x: [\n\n\n`)?.[0], 'store/syntax');
  });
});
