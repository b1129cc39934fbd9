// SPDX-License-Identifier: Apache-2.0

/** The program: runs the command line and ends with its exit code. */
import { EXIT } from './exit-code.ts';
import { reportFailure, runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

const terminal = processTerminal();
// What ends before it has an exit code has failed: Node would end with 0 when nothing is left to wait for.
process.exitCode = EXIT.failed;
/** How long a command whose reader went away may take to end by itself. */
const UNREAD_MS = 1000;
let isUnread = false;
// For commands that do not listen themselves, as `run` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') > 1 || isUnread) return;
  if (error.code !== 'EPIPE') {
    terminal.err(`error: the output cannot be written: ${error.message}\n`);
    process.exit(EXIT.failed);
  }
  // A reader that goes away (`daemun check … | head`) is no failure, nor does it make one good; `get -w` would not end.
  isUnread = true;
  setTimeout(() => process.exit(EXIT.ok), UNREAD_MS);
});
// What cannot be said on stderr cannot be said at all: the exit code says what it would have said.
process.stderr.on('error', () => undefined);
process.on('uncaughtException', error => {
  if (process.listenerCount('uncaughtException') > 1) return;
  process.exit(reportFailure(error, terminal) || EXIT.failed);
});
const exitCode = await runProgram(process.argv.slice(2), terminal);
// A pipe takes 64 KiB at a time: what its reader has not taken yet would be lost.
await Promise.all([written(process.stdout), written(process.stderr)]);
// A write that failed at once tells so in the next tick.
await new Promise(setImmediate);
process.exit(exitCode);

function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0) return Promise.resolve();
  return new Promise(resolve => stream.write('', () => resolve()));
}
