// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const BIN = join(import.meta.dirname, '../../../bin/daemun');

export interface RunningOptions {
  readonly stdio?: StdioOptions;
  /** Beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running `bin/daemun run`, with what it wrote so far. */
export class Running {
  readonly process: ChildProcess;
  #text = '';
  #waiting: (() => void)[] = [];

  /** Starts it with these arguments after `run`. */
  static start(...args: string[]): Running {
    return new Running(args, {});
  }

  constructor(args: readonly string[], { stdio = ['ignore', 'pipe', 'pipe'], environment = {} }: RunningOptions) {
    const env = { ...process.env, ...environment };
    this.process = spawn(process.execPath, [BIN, 'run', ...args], { stdio, env });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
        for (const wake of this.#waiting.splice(0)) wake();
      });
    }
    this.process.once('exit', () => {
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** All that it wrote so far. */
  get text(): string {
    return this.#text;
  }

  /** Resolves with what matched once it was written; rejects when the process ends first. */
  async wrote(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) return found;
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`ended without ${pattern}:\n${this.#text}`);
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }

  async exitCode(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }
}
