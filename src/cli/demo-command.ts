// SPDX-License-Identifier: Apache-2.0

import { Command } from 'commander';
import type { DemoOptions } from './demo.ts';
import type { Outcome } from './outcome.ts';
import type { Terminal } from './terminal.ts';

/** `daemun demo`: one of the backends of `run --demo`, by itself. */
export function demoCommand(terminal: Terminal, outcome: Outcome): Command {
  return new Command('demo')
    .description('run one demo backend, as run --demo starts them: for Pods of a cluster that is tried out')
    .option('--listen <host:port>', 'where it answers: gRPC, HTTP and lines, and datagrams', '0.0.0.0:8080')
    .option(
      '--name <name>',
      'what it calls itself in answers (default: the name of the machine, which in a Pod is its own)',
    )
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('./demo.ts');
      outcome.exitCode = await runDemo(options, terminal);
    });
}
