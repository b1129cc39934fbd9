// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog, isLogLevel } from './log.ts';
import { prettyLine } from './pretty-line.ts';

describe('the log', () => {
  it('writes one JSON object a line, and follows a change of its level', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'warn', format: 'json', colours: false, write: line => lines.push(line) });
    log.info('unheard');
    log.level = 'info';
    log.info('heard', { route: 'a' });
    assert.equal(lines.length, 1);
    const { time, ...entry } = JSON.parse(lines[0] ?? '');
    assert.deepEqual(entry, { level: 'info', msg: 'heard', route: 'a' });
    assert.match(time, /^\d{4}-\d\d-\d\dT/);
  });

  it('writes short lines for people, with quotes only where they are needed', () => {
    const line = '{"level":"warn","time":"2026-01-02T03:04:05.000Z","msg":"hm","a":"b","c":"d e","n":1}\n';
    assert.equal(prettyLine(line, { colours: false }), '03:04:05 warn  hm a=b c="d e" n=1\n');
    assert.equal(prettyLine('no json\n', { colours: false }), 'no json\n');
  });

  it('lets nothing that came from a file or a peer move the cursor, turn the text or begin a line', () => {
    const fields = {
      level: 'warn',
      time: '2026-01-02T03:04:05.678Z',
      msg: 'a\u001b[2Jb\nc',
      'k\u009b': '\u202ereversed',
    };
    const line = prettyLine(`${JSON.stringify(fields)}\n`, { colours: true });
    assert.equal(line, '03:04:05 \u001b[33mwarn \u001b[0m a\\u001b[2Jb\\nc k\\u009b=\\u202ereversed\n');
    assert.equal(prettyLine('no json \u001b]0;title\u0007\n', { colours: false }), 'no json \\u001b]0;title\\u0007\n');
  });

  it('knows its levels', () => {
    assert.ok(isLogLevel('debug'));
    assert.ok(!isLogLevel('loud'));
  });
});
