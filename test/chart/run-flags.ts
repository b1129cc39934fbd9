// SPDX-License-Identifier: Apache-2.0

import { runCommand } from '../../src/cli/run/run-command.ts';
import { processTerminal } from '../../src/cli/terminal.ts';

/** Of the arguments of a container, flags that `daemun run` does not have. */
export function unknownFlags([command, ...flags]: readonly string[]): readonly string[] {
  if (command !== 'run') return [`${command}`];
  const known = runCommand(processTerminal(), { exitCode: 0, failing: '', words: [], variables: [] }).options.map(
    ({ long }) => long,
  );
  return flags.filter(flag => !known.includes(flag.split('=')[0]));
}
