// SPDX-License-Identifier: Apache-2.0

/** The program: runs the command line and ends with its exit code. */
import { reportFailure, runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

// A reader that goes away (`daemun get … | head`) is no failure.
process.stdout.on('error', () => process.exit(0));
const terminal = processTerminal();
process.on('uncaughtException', error => process.exit(reportFailure(error, terminal)));
const exitCode = await runProgram(process.argv.slice(2), terminal);
process.exit(exitCode);
