// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { Environment } from './environment.ts';
import { terminalText } from './paint.ts';

/** All that a command may touch of the process around it; tests give one that records. */
export interface Terminal {
  /** Writes to stdout; of control characters only line feed, tab and our own paint arrive (`terminalText`). */
  out(text: string): void;
  /** Writes to stderr, as `out`. */
  err(text: string): void;
  /** Writes to stderr what has escaped its own fields and holds colours of its own: the log for people. */
  logLine(line: string): void;
  /** Colours on stdout: it is a terminal, not a dumb one, and NO_COLOR is unset or empty (no-color.org). */
  readonly colours: boolean;
  /** stdout is a terminal. */
  readonly interactive: boolean;
  /** The environment's variables. */
  readonly environment: Environment;
  /** All of stdin, as text. */
  readInput(): Promise<string>;
  /** How the user can start this program again: `bin/daemun` in a checkout, `npx daemun`, `daemun`. */
  readonly program: string;
  /** Resolves with the name of the first SIGINT or SIGTERM; `onSecond` is called for one that comes later. */
  stopSignal(onSecond: () => void): Promise<string>;
  /** Resolves after a while. */
  pause(ms: number): Promise<void>;
  /** Ends the process at once; for a second signal only. */
  exit(code: number): void;
}

/** Ctrl-C reaches a process once from the terminal and again through npm or the launcher: those are one signal. */
const SAME_SIGNAL_MS = 500;

/** The real terminal. */
export function processTerminal(): Terminal {
  const interactive = process.stdout.isTTY === true;
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  return {
    out: value => void process.stdout.write(terminalText(value)),
    err: value => void process.stderr.write(terminalText(value)),
    logLine: line => void process.stderr.write(line),
    interactive,
    colours: ((interactive && TERM !== 'dumb') || (FORCE_COLOR !== undefined && FORCE_COLOR !== '0')) && !NO_COLOR,
    environment: process.env,
    readInput: () => text(process.stdin),
    program: programName(process.argv[1] ?? ''),
    stopSignal,
    pause: ms => setTimeout(ms),
    exit: code => process.exit(code),
  };
}

/** As short as it can be typed here. */
function programName(script: string): string {
  const fromHere = relative(process.cwd(), script);
  if (fromHere.startsWith('node_modules')) return 'npx daemun';
  if (script.includes('node_modules') || !script.endsWith('bin/daemun')) return 'daemun';
  return fromHere.startsWith('..') ? script : fromHere;
}

function stopSignal(onSecond: () => void): Promise<string> {
  return new Promise(resolve => {
    let firstMs: number | null = null;
    const take = (signal: string): void => {
      if (firstMs === null) {
        firstMs = performance.now();
        resolve(signal);
      } else if (performance.now() - firstMs > SAME_SIGNAL_MS) {
        onSecond();
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => take(signal));
  });
}
