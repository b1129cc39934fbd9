// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readSourceFiles } from './source-files.ts';

/** What is worded for people: a message, or what a foreign error says beside its code. */
const WORDS = String.raw`(?:\w*[mM]essage(?:Of)?(?:\([^()]*\))?|\b(?:error|cause|failure|thrown|refusal)\.(?:reason|details|stack))`;
/** Asks what words say. That there are any, or others than before, is no question about them. */
const DECIDING = new RegExp(
  [
    String.raw`${WORDS}\??\.(?:trim\(\)\.)?(?:includes|startsWith|endsWith|match|matchAll|search|indexOf)\(`,
    String.raw`\.(?:test|exec|includes|startsWith|endsWith)\([^()]*${WORDS}`,
    String.raw`${WORDS}\s*[!=]==\s*(?:'[^']|"[^"]|\x60)`,
    String.raw`switch \([^()]*${WORDS}\)`,
  ].join('|'),
);

/** Who does, and why there is nothing else to go by. */
const MAY_ASK: Readonly<Record<string, string>> = {
  'src/cli/call/call-failure.ts': 'grpc-js ends a call without a connection by words alone; they choose the hint',
  'src/cli/program.ts': 'commander puts its suggestion into the message; it is shown in a line of its own',
  'src/controller/try/try-call.ts': 'a message in the sense of gRPC: what is sent, not what is said',
  'src/store/files/document.ts': 'js-yaml tells its errors apart by words alone',
  'src/store/files/syntax-error.ts': 'as above',
};

const files = readSourceFiles()
  .filter(({ path }) => !path.endsWith('.test-support.ts'))
  .map(({ path }) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

describe('what is worded for people', () => {
  it('decides nothing, but in a few files, each with a reason', () => {
    const found = files.filter(({ text }) => DECIDING.test(text)).map(({ path }) => path);
    assert.deepEqual(found, Object.keys(MAY_ASK).sort());
  });

  it('is recognised in all its forms', () => {
    for (const text of [
      "error.message.includes('gone')",
      "messageOf(error).startsWith('no')",
      'condition.message.includes(fault)',
      '/ cannot /.test(statusMessage(json))',
      "message === 'gone'",
      'switch (error.message) {',
      'PATTERN.exec(error.message.trim())',
      "error.reason.startsWith('nesting')",
      '/no connection/i.test(error.details)',
    ])
      assert.match(text, DECIDING);
    for (const text of [
      "message === ''",
      'state.message === before.message',
      'reasons.includes(condition.reason)',
      "reason === 'TooManyRequests'",
      'log.warn(message)',
    ])
      assert.doesNotMatch(text, DECIDING);
  });
});
