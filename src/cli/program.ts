// SPDX-License-Identifier: Apache-2.0
import { Command, CommanderError } from 'commander';
import { DaemunError, messageOf } from '../errors/index.ts';
import { packageVersion } from '../files/index.ts';
import { callCommand } from './call-command.ts';
import { certCommand } from './cert/cert-command.ts';
import {
  bundleCommand,
  checkCommand,
  describeCommand,
  explainCommand,
  getCommand,
  proxyConfigCommand,
  statusCommand,
  versionCommand,
} from './commands.ts';
import { completeCommand, completionCommand } from './completion/completion-command.ts';
import { demoCommand } from './demo-command.ts';
import { ENVIRONMENT_HELP, readEnvironment } from './environment.ts';
import { errorsCommand } from './errors-command.ts';
import { meantOption } from './excess-arguments.ts';
import { CommandFailure, EXIT } from './exit-code.ts';
import { examplesText } from './help-examples.ts';
import { installCommand } from './install/install-command.ts';
import { meshCommand } from './mesh/mesh-command.ts';
import type { Outcome } from './outcome.ts';
import { lineText, paintFor } from './paint.ts';
import { runCommand } from './run/run-command.ts';
import type { Terminal } from './terminal.ts';

/** Runs a command line (without the program's name). Resolves with the exit code; never rejects. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const outcome: Outcome = { exitCode: EXIT.ok, failing: '', words: [], variables: [] };
  try {
    const program = buildProgram(terminal, outcome);
    await program.parseAsync(withoutHelpCommand(args, program), { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    return reportFailure(error, terminal, outcome);
  }
}

/**
 * `help get` is `get --help`, and `cert help issue` is `cert issue --help`: commander's own ends with the exit code that the process has until
 * then. `help nope` is told as `nope` is: commander would print all help, and not say why.
 */
function withoutHelpCommand(args: readonly string[], command: Command): readonly string[] {
  const [first = '', ...rest] = args;
  if (command.commands.length === 0) return args;
  if (first !== 'help') {
    const sub = command.commands.find(one => isNamed(one, first));
    return sub === undefined ? args : [first, ...withoutHelpCommand(rest, sub)];
  }
  const [name = 'help'] = rest;
  if (name === 'help') return ['--help'];
  return command.commands.some(sub => isNamed(sub, name)) ? [...rest, '--help'] : rest;
}

function isNamed(command: Command, name: string): boolean {
  return command.name() === name || command.aliases().includes(name);
}

function buildProgram(terminal: Terminal, outcome: Outcome): Command {
  const program = new Command('daemun')
    .description('A Kubernetes Gateway API implementation with its own data plane, gRPC first')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'display help for a command');
  program.addCommand(runCommand(terminal, outcome));
  program.addCommand(statusCommand(terminal, outcome));
  program.addCommand(checkCommand(terminal, outcome));
  program.addCommand(getCommand(terminal, outcome));
  program.addCommand(describeCommand(terminal, outcome));
  program.addCommand(explainCommand(terminal, outcome));
  program.addCommand(proxyConfigCommand(terminal, outcome));
  program.addCommand(bundleCommand(terminal, outcome));
  program.addCommand(meshCommand(terminal, outcome));
  program.addCommand(callCommand(terminal));
  program.addCommand(certCommand(terminal));
  program.addCommand(demoCommand(terminal, outcome));
  program.addCommand(installCommand(terminal, outcome));
  program.addCommand(errorsCommand(terminal, outcome));
  program.addCommand(completionCommand(terminal));
  program.addCommand(completeCommand(terminal, program), { hidden: true });
  program.addCommand(versionCommand(terminal, outcome));
  program.addHelpText('after', GENERAL_HELP);
  for (const command of [program, ...allBelow(program)]) settle(command, terminal, outcome);
  return program;
}

const GENERAL_HELP = `
Exit codes: 0 good; 1 findings of severity error, not healthy, a name that is not there or a request refused;
2 usage; 3 could not run
${ENVIRONMENT_HELP}`;

function allBelow(command: Command): Command[] {
  return command.commands.flatMap(sub => [sub, ...allBelow(sub)]);
}

/** `get`, `cert issue`; '' for the program itself. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null ? '' : [pathOf(parent), command.name()].filter(name => name !== '').join(' ');
}

/** No command ends the process or writes beside the terminal; each reads its environment and shows its examples. */
function settle(command: Command, terminal: Terminal, outcome: Outcome): void {
  const path = pathOf(command);
  readEnvironment(command, terminal.environment, outcome);
  const examples = examplesText(path, terminal.program);
  if (examples !== '') command.addHelpText('after', examples);
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: text => terminal.out(text),
      writeErr: text => terminal.err(text),
      outputError: () => {
        outcome.failing = path;
        outcome.words = command.args;
      },
      getOutHasColors: () => terminal.colours,
      getErrHasColors: () => terminal.colours,
    });
}

/** What could not be read of a command line. */
type Failing = Pick<Outcome, 'failing' | 'words' | 'variables'>;

/** Writes what went wrong, without a stack trace; the exit code to end with. */
export function reportFailure(
  error: unknown,
  terminal: Terminal,
  failing: Failing = { failing: '', words: [], variables: [] },
): number {
  if (error instanceof CommanderError) return reportUsage(error, terminal, failing);
  const { exitCode, hint } = error instanceof CommandFailure ? error : unexpected(error);
  const { variables } = failing;
  const taken = variables.length === 0 ? '' : `From the environment: ${variables.join(', ')}`;
  const shown = [hint, taken].map(line => (line === '' ? '' : `${line}\n`)).join('');
  terminal.err(
    `${paintFor(terminal)('red', 'error:')} ${lineText(error instanceof CommandFailure ? error.message : messageOf(error))}\n${shown}`,
  );
  return exitCode;
}

/** A failure that no command foresaw. Its stack is for whoever looks for the bug, not for the user. */
function unexpected(error: unknown): { readonly exitCode: number; readonly hint: string } {
  const stack = error instanceof Error && process.env['DAEMUN_DEBUG'] ? (error.stack ?? '') : '';
  const hint = error instanceof DaemunError ? error.help : 'Set DAEMUN_DEBUG=1 to see where it happened';
  return { exitCode: EXIT.failed, hint: stack === '' ? hint : stack };
}

/** Commander's own: what is wrong, which may quote an argument with line feeds, and what is meant in a line of its own. */
const USAGE_MESSAGE = /^(?:error: )?([\s\S]*?)(\n\(Did you mean [^\n]*\))?$/;

function reportUsage(error: CommanderError, terminal: Terminal, { failing: command, words }: Failing): number {
  if (error.exitCode === 0) return EXIT.ok;
  // Help that was asked for by giving no command at all is written already.
  if (error.code === 'commander.help') return EXIT.usage;
  const [, told = '', suggestion = ''] = USAGE_MESSAGE.exec(error.message.trim()) ?? [];
  const called = [terminal.program, command].filter(word => word !== '').join(' ');
  const option = error.code === 'commander.excessArguments' ? meantOption(command, words) : '';
  const meant = option === '' ? '' : `\n(Did you mean ${lineText(`${called} ${option}`)}?)`;
  terminal.err(`${paintFor(terminal)('red', 'error:')} ${lineText(told)}${suggestion}${meant}\nSee ${called} --help\n`);
  return EXIT.usage;
}
