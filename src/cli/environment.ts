// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { usageError } from './exit-code.ts';
import type { Outcome } from './outcome.ts';

/** By flag: the environment variable that stands for it where it is not given. An empty variable counts as unset. */
const VARIABLES: Readonly<Record<string, string>> = {
  '--admin': 'DAEMUN_ADMIN',
  '--namespace': 'DAEMUN_NAMESPACE',
  '--address': 'DAEMUN_ADDRESS',
  '--settle': 'DAEMUN_SETTLE',
  '--workers': 'DAEMUN_WORKERS',
  '--access-log': 'DAEMUN_ACCESS_LOG',
  '--log-level': 'DAEMUN_LOG_LEVEL',
  '--log-format': 'DAEMUN_LOG_FORMAT',
  '--log-file': 'DAEMUN_LOG_FILE',
  '--controller-name': 'DAEMUN_CONTROLLER_NAME',
  '--state-dir': 'DAEMUN_STATE_DIR',
  '--drain-timeout': 'DAEMUN_DRAIN_TIMEOUT',
  '--drain-delay': 'DAEMUN_DRAIN_DELAY',
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `--help` says of the environment. */
export const ENVIRONMENT_HELP = `Environment, for flags that are not given:
${Object.entries(VARIABLES)
  .map(([flag, name]) => `  ${name.padEnd(24)} ${flag}`)
  .join('\n')}
  NO_COLOR, TERM=dumb      no colours; FORCE_COLOR=1: colours also where the output is no terminal
  DAEMUN_DEBUG=1           show where a failure happened`;

/** Makes a command's flags known by their variables: in its help, and for what is not given when it runs, which `outcome` is told. */
export function readEnvironment(command: Command, environment: Environment, outcome: Outcome): void {
  // What it installs should not depend on what is looked at by default.
  if (command.name() === 'install') return;
  const bound = command.options.filter(option => option.long !== undefined && option.long in VARIABLES);
  // For the help alone: commander would take an empty variable for a value.
  for (const option of bound) option.env(VARIABLES[option.long ?? ''] ?? '');
  command.hook('preAction', (_root, running) => {
    if (running !== command) return;
    outcome.variables = bound.flatMap(option => takeVariable(command, option, environment));
  });
}

/** The name of the variable, where it stands for the flag. */
function takeVariable(command: Command, option: Option, environment: Environment): readonly string[] {
  const name = VARIABLES[option.long ?? ''] ?? '';
  const text = environment[name];
  const key = option.attributeName();
  const source = command.getOptionValueSource(key);
  if (text === undefined || text === '' || source === 'cli') return [];
  command.setOptionValueWithSource(key, parse(option, text, name), 'env');
  return [name];
}

function parse(option: Option, text: string, name: string): unknown {
  try {
    return option.parseArg === undefined ? text : option.parseArg(text, undefined);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw usageError(`${name}=${text}: ${error.message}`);
    throw error;
  }
}
