// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { Outcome } from './outcome.ts';
import type { OutputFormat } from './output-format.ts';
import { outputOption } from './shared-options.ts';
import type { Terminal } from './terminal.ts';

/** `daemun errors`: what the codes of findings and the reasons in logs and metrics mean; needs no network. */
export function errorsCommand(terminal: Terminal, outcome: Outcome): Command {
  return new Command('errors')
    .description('say what a code means, or list all codes')
    .argument('[code]', 'such as route/backend-not-found, or a reason of the access log such as no_route')
    .addOption(outputOption())
    .action(async (code: string | undefined, options: { output: OutputFormat }) => {
      const { runErrors } = await import('./errors.ts');
      outcome.exitCode = runErrors(code, options, terminal);
    });
}
