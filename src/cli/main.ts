// SPDX-License-Identifier: Apache-2.0

/** The program: runs the command line and ends with its exit code. */
import { EXIT } from './exit-code.ts';
import { reportFailure, runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

const terminal = processTerminal();
// For commands that do not listen themselves, as `run` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') > 1) return;
  // A reader that goes away (`daemun get … | head`) is no failure.
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  process.exit(reportFailure(error, terminal) || EXIT.failed);
});
process.on('uncaughtException', error => {
  if (process.listenerCount('uncaughtException') > 1) return;
  process.exit(reportFailure(error, terminal) || EXIT.failed);
});
const exitCode = await runProgram(process.argv.slice(2), terminal);
// A pipe takes 64 KiB at a time: what its reader has not taken yet would be lost.
await Promise.all([written(process.stdout), written(process.stderr)]);
process.exit(exitCode);

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()));
}
