// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { directiveFailure } from './yaml-directive.ts';

it('takes the directives that kubectl takes', () => {
  const texts = [
    'a: 1',
    '%YAML 1.1\n---\na: 1',
    '# c\n%TAG !e! tag:example.com,2000:\n---\n',
    'a: |\n %YAML 1.2\n',
    'a: 1\n%b: 2',
  ];
  for (const text of texts) assert.equal(directiveFailure(text), undefined, text);
});

it('refuses those that it refuses, with their line', () => {
  for (const directive of ['%YAML 1.2', '%YAML 1.3 # c', '%FOO bar']) {
    const failure = directiveFailure(`# c\r\n${directive}\r\n---\r\na: 1\r\n`);
    assert.deepEqual([failure?.line, failure?.message.includes(directive)], [2, true], directive);
  }
});
