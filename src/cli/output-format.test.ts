// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { yamlText } from './output-format.ts';

describe('YAML for people and programs', () => {
  it('puts in quotes what readers of YAML 1.1 would not take for a text, kubectl among them', () => {
    const bools = ['yes', 'no', 'on', 'Off', 'y', 'N', 'true', '~', 'Null', '=', '<<'];
    const numbers = ['012', '0o17', '0x1F', '0X1F', '0b11', '1_000', '+_1', '.5', '1e3', '.inf', '12:30', '190:20:30'];
    for (const text of [...bools, ...numbers, '2001-01-01', '2026-11-28T08:29:35Z']) {
      assert.equal(yamlText({ value: text }), `value: "${text}"\n`);
      assert.equal(yamlText({ [text]: true }), `"${text}": true\n`);
    }
  });

  it('leaves as they are words that nobody misreads', () => {
    for (const text of ['127.0.0.1', '10s', 'north', 'a_b', '0.1.0']) assert.equal(yamlText([text]), `- ${text}\n`);
  });

  it('keeps blank lines and tabs, which are lost or refused outside of quotes', () => {
    assert.equal(yamlText({ value: ' \n' }), 'value: "\\ \\n"\n');
    assert.equal(yamlText({ value: 'a\tb' }), 'value: "a\\tb"\n');
  });
});
