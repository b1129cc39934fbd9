// SPDX-License-Identifier: Apache-2.0

import { DaemunError, messageOf } from '../errors/index.ts';

/** What each exit code says (README.md, Commands). */
export const EXIT = {
  /** Done, nothing wrong. */
  ok: 0,
  /** `check` found an error, `explain` or `call`: the request is refused. */
  refused: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** The command was understood, but could not run: a missing file, no process to ask, a port in use. */
  failed: 3,
} as const;

/** Ends a command: `message` goes to stderr, with `hint` below it. Thrown by commands, caught once in `program.ts`. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  /** What to do; '' when the message says it all. */
  readonly hint: string;

  constructor(exitCode: number, message: string, hint = '') {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** A wrong flag or argument: exit code 2. */
export function usageError(message: string, hint = ''): CommandFailure {
  return new CommandFailure(EXIT.usage, message, hint);
}

/** For a `--controller-name` that no GatewayClass can have. */
export function notAControllerName(name: string): CommandFailure {
  return usageError(`--controller-name ${name}: a domain and a path are needed`, 'Example: example.com/daemun');
}

/** Something outside stands in the way: exit code 3. */
export function couldNotRun(message: string, hint = ''): CommandFailure {
  return new CommandFailure(EXIT.failed, message, hint);
}

/** What ends a command when `thrown` came from elsewhere: exit code 3, with the error's own help. A command's failure stays as it is. */
export function failureOf(thrown: unknown): CommandFailure {
  if (thrown instanceof CommandFailure) return thrown;
  return couldNotRun(messageOf(thrown), thrown instanceof DaemunError ? thrown.help : '');
}
