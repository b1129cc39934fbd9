// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { echoManifests, type ManifestFolder, manifestFolder } from '../manifests.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

const BIN = join(import.meta.dirname, '../../../bin');

describe('completion', () => {
  let folder: ManifestFolder;
  let file = '';
  before(async () => {
    folder = await manifestFolder();
    file = await folder.write(
      'gw.yaml',
      echoManifests(8080).replace(
        '{ name: echo }\nspec:\n  parent',
        '{ name: echo, namespace: shop }\nspec:\n  parent',
      ),
    );
  });
  after(() => folder.remove());

  /** What stands for the last word. */
  async function complete(...words: string[]): Promise<string> {
    const terminal = recordingTerminal();
    assert.equal(await runProgram(['__complete', '--', ...words], terminal), 0);
    assert.equal(terminal.stderr(), '');
    return terminal.stdout().trimEnd().split('\n').join(' ');
  }

  it('knows commands, aliases, subcommands and flags', async () => {
    assert.equal(await complete('de'), 'describe demo');
    assert.equal(await complete('cert', 'i'), 'issue');
    assert.equal(await complete('check', '--s'), '--strict');
    assert.equal(await complete('pc', 'l'), 'listener');
    assert.equal(await complete('help', 'ch'), 'check');
    assert.doesNotMatch(await complete(''), /__complete/);
  });

  it('knows kinds, names, namespaces, formats and codes', async () => {
    assert.equal(await complete('get', 'gat'), 'gatewayclasses gateways');
    assert.equal(await complete('get', '-f', file, 'gw', ''), 'gw');
    assert.equal(await complete('get', '-f', file, 'grpcroutes', ''), '');
    assert.equal(await complete('get', '-f', file, '-n', 'shop', 'grpcroutes', ''), 'echo');
    assert.equal(await complete('describe', '-A', '-f', file, 'grpcroute/'), 'grpcroute/echo');
    assert.equal(await complete('get', '-f', file, '-n', 's'), 'shop');
    assert.equal(await complete('check', '-o', 's'), 'sarif');
    assert.equal(await complete('check', '--output=s'), '--output=sarif');
    assert.equal(await complete('errors', 'route/backend-n'), 'route/backend-not-found');
  });

  it('does not wait long for who does not answer', { timeout: 8_000 }, async t => {
    const silent = createServer().listen(0, '127.0.0.1');
    t.after(() => silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    assert.equal(await complete('get', '--admin', `127.0.0.1:${port}`, 'gw', ''), '');
  });

  it('leaves files to the shell, and says nothing where nobody knows', async () => {
    assert.equal(await complete('check', ''), ':files');
    assert.equal(await complete('run', '-f', ''), ':files');
    for (const flag of ['--kubeconfig', '--log-file']) assert.equal(await complete('run', flag, ''), ':files');
    assert.equal(await complete('get', '--admin', '127.0.0.1:1', 'gw', ''), '');
    assert.equal(await complete('nonsense', ''), '');
  });

  it('gives a shell nothing but plain words', async () => {
    const hostile = await folder.write('$(id).yaml', echoManifests(8080));
    assert.doesNotMatch(await complete('get', '-f', hostile, 'gw', ''), /\$/);
  });

  it('works in a real bash, which takes words apart at colons and keeps quotes', async t => {
    if (!hasShell('bash')) return t.skip('bash is not installed');
    const spaced = await folder.write('with space.yaml', echoManifests(8080));
    const lines: readonly (readonly [readonly string[], string])[] = [
      [['daemun', ' get', ' -f', ` ${file}`, ' -n', ' shop', ' grpcroute', ' '], 'echo'],
      [['daemun', ' get', ' --admin', ' 127.0.0.1', ':', '1', ' -f', ` ${file}`, ' gw', ' '], 'gw'],
      [['daemun', ' get', ' -f', ` "${spaced}"`, ' gw', ' '], 'gw'],
      [['daemun', ' get', ' -f', ` ${spaced.replaceAll(' ', '\\ ')}`, ' gw', ' '], 'gw'],
      [['daemun', ' get', ' gw', ' --output', '=', 'j'], 'json'],
    ];
    const quoted = (text: string): string => `'${text}'`;
    const script = lines.map(
      ([parts]) => `
      COMP_WORDS=(${parts.map(part => quoted(part.replace(/^ /, ''))).join(' ')})
      COMP_CWORD=${parts.length - 1} COMP_LINE=${quoted(parts.join(''))} COMP_POINT=${parts.join('').length}
      _daemun
      echo "\${COMPREPLY[*]}"`,
    );
    const env = { ...process.env, PATH: `${BIN}:${process.env['PATH']}` };
    const all = ['source <(daemun completion bash)', 'complete -p daemun', ...script].join('\n');
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', all], { env });
    assert.deepEqual(stdout.trimEnd().split('\n'), ['complete -F _daemun daemun', ...lines.map(([, found]) => found)]);
  });

  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`prints a script that ${shell} can read`, async t => {
      const terminal = recordingTerminal();
      assert.equal(await runProgram(['completion', shell], terminal), 0);
      if (!hasShell(shell)) return t.skip(`${shell} is not installed`);
      execFileSync(shell, ['-n', await folder.write(`completion.${shell}`, terminal.stdout())]);
    });
  }
});

function hasShell(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', ':'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
