// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HELP_EXAMPLES } from './help-examples.ts';
import { runProgram } from './program.ts';
import { recordingTerminal } from './recording-terminal.test-support.ts';

async function helpOf(command: string): Promise<string> {
  const terminal = recordingTerminal();
  assert.equal(await runProgram([...command.split(' ').filter(word => word !== ''), '--help'], terminal), 0);
  return terminal.stdout();
}

describe('help', () => {
  it('has examples for every command', async () => {
    const commands = [...(await helpOf('')).matchAll(/^ {2}([a-z][a-z-]+)\S* .*/gm)].map(([, name = '']) => name);
    assert.ok(commands.length >= 11);
    for (const command of commands.filter(name => name !== 'help')) {
      assert.match(await helpOf(command), new RegExp(`\\nExamples:\\n  .*daemun ${command}`), command);
    }
  });

  it('has no example with a flag that its command does not know', async () => {
    for (const [command, lines] of Object.entries(HELP_EXAMPLES)) {
      for (const line of lines) {
        const [, own = ''] = /\$ ([^|)>]*)/.exec(line) ?? [];
        const path = own.startsWith('cert ') ? own.split(' ').slice(0, 2).join(' ') : command;
        const help = await helpOf(path);
        for (const [, flag = ''] of own.matchAll(/(?<=\s)(--?[a-z][a-z-]*)/g)) {
          assert.match(help, new RegExp(`(^|[\\s,])${flag}\\b`), `${line}: ${flag}`);
        }
      }
    }
  });

  it('points to the help of the command that was misused', async () => {
    const terminal = recordingTerminal();
    assert.equal(await runProgram(['cert', 'issue', '--nope'], terminal), 2);
    assert.match(terminal.stderr(), /\nSee daemun cert issue --help\n$/);
  });
});
