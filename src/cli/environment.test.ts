// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { echoManifests, type ManifestFolder, manifestFolder } from './manifests.test-support.ts';
import { runProgram } from './program.ts';
import { recordingTerminal } from './recording-terminal.test-support.ts';

describe('the environment', () => {
  let folder: ManifestFolder;
  let file = '';
  before(async () => {
    folder = await manifestFolder();
    file = await folder.write('gw.yaml', echoManifests(8080));
  });
  after(() => folder.remove());

  async function run(args: readonly string[], environment: Record<string, string>): Promise<[number, string]> {
    const terminal = recordingTerminal('', environment);
    const code = await runProgram(args, terminal);
    return [code, terminal.stderr()];
  }

  it('stands for a flag that is not given', async () => {
    assert.match(
      (await run(['get', 'gw'], { DAEMUN_ADMIN: '127.0.0.1:1' }))[1],
      /no daemun answers at 127\.0\.0\.1:1\n/,
    );
    assert.match(
      (await run(['get', 'gw', '-f', file], { DAEMUN_NAMESPACE: 'x' }))[1],
      /No resources found in x namespace/,
    );
    assert.match((await run(['run', '-f', file], { DAEMUN_WORKERS: 'many' }))[1], /--workers many: a whole number/);
    assert.match((await run(['run', '-f', file], { DAEMUN_SETTLE: 'soon' }))[1], /--settle soon: a duration/);
  });

  it('is named where the command fails, for who has forgotten that it is set', async () => {
    const [, err] = await run(['get', 'gw'], { DAEMUN_ADMIN: '127.0.0.1:1', DAEMUN_SETTLE: '5s' });
    assert.match(err, /\nFrom the environment: DAEMUN_ADMIN\n$/);
    const [, given] = await run(['get', 'gw', '--admin', '127.0.0.1:1'], { DAEMUN_ADMIN: '127.0.0.1:2' });
    assert.doesNotMatch(given, /environment/);
  });

  it('yields to the flag, and counts as unset when it is empty', async () => {
    const args = ['get', 'gw', '-f', file];
    assert.deepEqual(await run([...args, '-n', 'default'], { DAEMUN_NAMESPACE: 'x' }), [0, '']);
    assert.deepEqual(await run(args, { DAEMUN_NAMESPACE: '' }), [0, '']);
  });

  it('is refused with the variable in the message where the flag would be', async () => {
    const [code, err] = await run(['get', 'gw'], { DAEMUN_ADMIN: 'localhost' });
    assert.equal(code, 2);
    assert.match(err, /admin address "localhost": host:port is needed/);
  });

  it('is named in the help of the flag, and as a whole in the general one', async () => {
    for (const [args, text] of [
      [['get', '--help'], 'env: DAEMUN_ADMIN'],
      [['run', '--help'], 'env: DAEMUN_LOG_LEVEL'],
      [['--help'], 'DAEMUN_DRAIN_TIMEOUT'],
    ] as const) {
      const terminal = recordingTerminal();
      assert.equal(await runProgram(args, terminal), 0);
      assert.ok(terminal.stdout().replace(/\s+/g, ' ').includes(text), text);
    }
  });
});
