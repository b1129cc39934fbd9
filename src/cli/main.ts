// SPDX-License-Identifier: Apache-2.0

/** The program: runs the command line and ends with its exit code. */
import { runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

// A reader that goes away (`daemun get … | head`) is no failure.
process.stdout.on('error', () => process.exit(0));
const exitCode = await runProgram(process.argv.slice(2), processTerminal());
process.exit(exitCode);
