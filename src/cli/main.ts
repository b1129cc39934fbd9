// SPDX-License-Identifier: Apache-2.0

/** The program: runs the command line and ends with its exit code. */
import { reportFailure, runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

// A reader that goes away (`daemun get … | head`) is no failure.
process.stdout.on('error', () => process.exit(0));
const terminal = processTerminal();
process.on('uncaughtException', error => process.exit(reportFailure(error, terminal)));
const exitCode = await runProgram(process.argv.slice(2), terminal);
// A pipe takes 64 KiB at a time: what its reader has not taken yet would be lost.
await Promise.all([written(process.stdout), written(process.stderr)]);
process.exit(exitCode);

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()));
}
