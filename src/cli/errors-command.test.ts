// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CATALOGUE, PROGRAM_ERRORS, REQUEST_FAILURES } from '../errors/index.ts';
import { SCHEMA_CODES } from '../resources/index.ts';
import { runProgram } from './program.ts';
import { recordingTerminal } from './recording-terminal.test-support.ts';

async function errors(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal();
  const code = await runProgram(['errors', ...args], terminal);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

describe('errors', () => {
  it('knows every code that daemun prints', async () => {
    const codes = [CATALOGUE, SCHEMA_CODES, REQUEST_FAILURES, PROGRAM_ERRORS].flatMap(list => Object.keys(list));
    const listed = (await errors('--output', 'json')).out;
    assert.deepEqual(
      JSON.parse(listed)
        .map((one: { code: string }) => one.code)
        .sort(),
      [...codes].sort(),
    );
    const table = (await errors()).out;
    for (const code of codes) assert.match(table, new RegExp(`^${code} `, 'm'));
  });

  it('says what a code means and what to do', async () => {
    const { code, out } = await errors('route/backend-not-found');
    assert.equal(code, 0);
    assert.match(
      out,
      /^route\/backend-not-found\n {2}What +a backendRef .+\n {2}Do +create it, .+\n {2}Severity +error\n$/,
    );
    assert.match((await errors('no_route')).out, /Clients get +HTTP 404; with gRPC status 12/);
  });

  it('finds a code by its last part', async () => {
    assert.match((await errors('syntax')).out, /^store\/syntax\n/);
  });

  it('names close codes for a wrong one', async () => {
    const { code, err } = await errors('route/bakend-not-found');
    assert.equal(code, 2);
    assert.match(err, /^error: there is no code "route\/bakend-not-found"\nDid you mean route\/backend-not-found/);
    assert.match((await errors('gateway/backend-not-found')).err, /Did you mean route\/backend-not-found/);
    assert.match((await errors('lint/core')).err, /Did you mean lint\/core-group/);
    assert.match((await errors('zzzzzz')).err, /^error: there is no code "zzzzzz"\ndaemun errors lists all of them\n$/);
  });
});
