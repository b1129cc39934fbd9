// SPDX-License-Identifier: Apache-2.0
import { Argument, Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { complete } from './complete.ts';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from './scripts.ts';

/** `daemun completion`: prints what a shell sources to complete our command lines. */
export function completionCommand(terminal: Terminal): Command {
  return new Command('completion')
    .description('print the script that completes command lines in a shell')
    .addArgument(new Argument('<shell>').choices([...SHELLS]))
    .action((shell: Shell) => terminal.out(COMPLETION_SCRIPTS[shell]));
}

/** `daemun __complete -- WORD…`: what the scripts ask. Says nothing rather than fail: a shell is waiting for a key. */
export function completeCommand(terminal: Terminal, program: Command): Command {
  return new Command('__complete')
    .argument('[word...]')
    .allowUnknownOption()
    .action(async (words: string[]) => {
      try {
        const { argumentValues } = await import('./argument-values.ts');
        const found = await complete(words, { program, valuesOf: asked => argumentValues(asked, terminal) });
        terminal.out(found.map(word => `${word}\n`).join(''));
      } catch {
        // Nobody answers at the admin address, or the command line is no good: nothing to suggest.
      }
    });
}
