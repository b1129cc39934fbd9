// SPDX-License-Identifier: Apache-2.0

/** What `run` tells its user to try works when it is pasted, for every example. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join, relative } from 'node:path';
import { after, describe, it } from 'node:test';
import { runProgram } from '../src/cli/program.ts';
import { recordingTerminal } from '../src/cli/recording-terminal.test-support.ts';
import { startTable } from '../src/cli/start-table.ts';
import { runExample } from './running-example.test-support.ts';

/** Folders with manifests. */
const EXAMPLES = [
  ...new Set(
    readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.yaml'))
      .map(entry => relative(import.meta.dirname, entry.parentPath)),
  ),
].sort();

/** Those whose routes let reflection and a method of the demo services through; the others have nothing to try. */
const WITH_A_LINE = [
  'documents/000-grpc-routing',
  'documents/004-tcp-and-grpc',
  'grpc-methods',
  'header-routing',
  'http-routing',
  'quickstart',
  'reflection',
];

/** Those with an HTTPRoute that is answered. */
const WITH_A_REQUEST = ['http-routing'];

describe('the command that run tells to try', async () => {
  for (const name of EXAMPLES) {
    const example = await runExample(join(import.meta.dirname, name));
    after(() => example.close());
    const table = startTable(example.gateway, { terminal: recordingTerminal(), tookMs: 0, paths: [name] });
    const [, words] = /^ +daemun (call .*)$/m.exec(table) ?? [];

    it(`${WITH_A_LINE.includes(name) ? 'works' : 'is left out'} for ${name}`, async () => {
      assert.equal(words !== undefined, WITH_A_LINE.includes(name), table);
      if (words === undefined) return;
      const args = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      const terminal = recordingTerminal();
      assert.equal(await runProgram(args, terminal), 0, terminal.stderr());
      const [, grpcurl = ''] = /^ +grpcurl (.*)$/m.exec(table) ?? [];
      assert.deepEqual(sorted(grpcurl), sorted(words.replace('call ', '')), 'the same flags in other clothes');
    });

    it(`${WITH_A_REQUEST.includes(name) ? 'works' : 'is left out'} for ${name} with curl`, async () => {
      const [, host, url] = /^ +curl -H 'Host: (\S+)' (\S+)$/m.exec(table) ?? [];
      assert.equal(url !== undefined, WITH_A_REQUEST.includes(name), table);
      if (url !== undefined && host !== undefined) assert.equal(await statusOf(url, host), 200);
    });
  }
});

function statusOf(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host }, agent: false }, response => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    })
      .once('error', reject)
      .end();
  });
}

/** The words of a command, whatever the number of dashes; grpcurl gives the message with -d. */
function sorted(words: string): string[] {
  return words
    .split(' ')
    .map(word => word.replace(/^--?/, ''))
    .filter(word => word !== 'd')
    .sort();
}
