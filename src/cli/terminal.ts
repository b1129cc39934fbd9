// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, openSync } from 'node:fs';
import { delimiter, dirname, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { Environment } from './environment.ts';
import { FirstSignal } from './first-signal.ts';
import { terminalText } from './paint.ts';
import type { ByteTarget } from './sink/byte-target.ts';
import { type StandardStream, standardTarget } from './sink/standard-target.ts';

/** All that a command may touch of the process around it; tests give one that records. */
export interface Terminal {
  /** Writes to stdout; of control characters only line feed, tab and our own paint arrive (`terminalText`). */
  out(text: string): void;
  /** Writes to stderr, as `out`. */
  err(text: string): void;
  /** Colours on stdout: it is a terminal, not a dumb one, and NO_COLOR is unset or empty (no-color.org). */
  readonly colours: boolean;
  /** stdout is a terminal. */
  readonly interactive: boolean;
  /** The environment's variables. */
  readonly environment: Environment;
  /** The bytes of stdin as they come; for `readStream`. */
  input(): AsyncIterable<Uint8Array>;
  /** How the user can start this program again: `bin/daemun` in a checkout, `npx daemun`, `daemun`. */
  readonly program: string;
  /** Resolves with the name of the first SIGINT or SIGTERM; `onSecond` is called for one that comes later. */
  stopSignal(onSecond: () => void): Promise<string>;
  /** Resolves after a while. */
  pause(ms: number): Promise<void>;
  /** Keeps the process alive although nothing of it may wait for anything, until what it returns is called. */
  stay(): () => void;
  /** stdout or stderr for a command that stays up: never blocks, and a failure to write ends nothing. */
  standardTarget(name: StandardStream): ByteTarget;
  /** Calls `listener` for each such signal from now on, in place of what the system does. */
  onSignal(signal: NodeJS.Signals, listener: () => void): void;
  /** True when the program was started in a terminal that is gone: closed, or its connection lost. */
  hasLostTerminal(): boolean;
  /** Calls `listener` for an error that nobody caught, in place of ending the process. */
  onCrash(listener: (error: unknown) => void): void;
  /** Ends the process at once. Waits for threads to end, for ever where one does not. */
  exit(code: number): void;
  /** Ends the process at once, whatever its threads do. Where the system cannot do that with a code, as if it was killed. */
  exitWithoutThreads(code: number): void;
}

/** The real terminal. */
export function processTerminal(): Terminal {
  const interactive = process.stdout.isTTY === true;
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  return {
    out: value => void process.stdout.write(terminalText(value)),
    err: value => void process.stderr.write(terminalText(value)),
    interactive,
    colours: ((interactive && TERM !== 'dumb') || (FORCE_COLOR !== undefined && FORCE_COLOR !== '0')) && !NO_COLOR,
    environment: process.env,
    input: () => process.stdin,
    program: programName(process.argv[1] ?? ''),
    stopSignal,
    pause: ms => setTimeout(ms),
    stay,
    standardTarget,
    onSignal: (signal, listener) => void process.on(signal, listener),
    hasLostTerminal: lostTerminal(),
    onCrash: listener => void process.on('uncaughtException', listener),
    exit: code => process.exit(code),
    exitWithoutThreads,
  };
}

/** A process under nohup, systemd or in a container has no terminal to lose. */
function lostTerminal(): () => boolean {
  const hadOne = [0, 1, 2].some(descriptor => isatty(descriptor));
  return () => {
    if (!hadOne) return false;
    try {
      closeSync(openSync('/dev/tty', 'r+'));
      return false;
    } catch {
      return true;
    }
  };
}

/** Only the kernel ends a thread that hangs: with the process, or when another program takes this one's place. */
function exitWithoutThreads(code: number): void {
  // By its path it may be gone, or another one: upgrades replace it.
  const self = '/proc/self/exe';
  const program = existsSync(self) ? self : process.execPath;
  const environment = { ...process.env, NODE_OPTIONS: '' };
  process.execve?.(program, [process.execPath, '--eval', `process.exit(${code})`], environment);
  process.kill(process.pid, 'SIGKILL');
}

/** As short as it can be typed here. */
function programName(script: string): string {
  const fromHere = relative(process.cwd(), script);
  if (fromHere.startsWith('node_modules')) return 'npx daemun';
  if (script.includes('node_modules') || !script.endsWith('bin/daemun')) return 'daemun';
  const searched = (process.env['PATH'] ?? '').split(delimiter);
  if (searched.includes(dirname(script))) return 'daemun';
  return fromHere.startsWith('..') ? script : fromHere;
}

/** The longest that a timer can wait, again and again: no listener for signals, watched file or timer of ours keeps a process. */
function stay(): () => void {
  const timer = setInterval(() => undefined, 2 ** 31 - 1);
  return () => clearInterval(timer);
}

function stopSignal(onSecond: () => void): Promise<string> {
  const signals = new FirstSignal(onSecond);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signals.take(signal));
  return signals.first;
}
