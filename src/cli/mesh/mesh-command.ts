// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { Outcome } from '../outcome.ts';
import { adminOption, outputOption } from '../shared-options.ts';
import type { Terminal } from '../terminal.ts';
import type { MeshStatusOptions } from './mesh-status.ts';

/** `daemun mesh`. */
export function meshCommand(terminal: Terminal, outcome: Outcome): Command {
  const command = new Command('mesh').description('about the ports of Services that an agent serves (run --mesh)');
  command.addCommand(statusCommand(terminal, outcome));
  return command;
}

function statusCommand(terminal: Terminal, outcome: Outcome): Command {
  return adminOption(new Command('status'))
    .description('say which connections to Services a running agent takes, how many there were, and which fall through')
    .addOption(outputOption())
    .action(async (options: MeshStatusOptions) => {
      const { runMeshStatus } = await import('./mesh-status.ts');
      outcome.exitCode = await runMeshStatus(options, terminal);
    });
}
