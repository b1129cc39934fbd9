// SPDX-License-Identifier: Apache-2.0
import type { Command, Option } from 'commander';

/** A command line without its last word, as far as it can be understood: it is being written. */
export class CommandLine {
  command: Command;
  /** As `get`, or `cert issue`. */
  path = '';
  /** Arguments, flags left out. */
  readonly before: string[] = [];
  /** Flags by their long names, with their values; none for a switch. */
  readonly flags = new Map<string, readonly string[]>();
  /** The flag whose value comes next. */
  open: Option | undefined;
  /** After `--` everything is an argument. */
  isEnded = false;

  constructor(words: readonly string[], program: Command) {
    this.command = program;
    for (const word of words) this.#read(word);
  }

  #read(word: string): void {
    if (this.open !== undefined) {
      this.#addFlag(this.open, word);
      this.open = undefined;
    } else if (this.isEnded || !word.startsWith('-')) this.#readArgument(word);
    else if (word === '--') this.isEnded = true;
    else this.#readFlag(word);
  }

  #readArgument(word: string): void {
    const isName = (sub: Command): boolean => sub.name() === word || sub.aliases().includes(word);
    const sub = this.before.length > 0 ? undefined : this.command.commands.find(isName);
    if (sub === undefined) {
      this.before.push(word);
      return;
    }
    this.command = sub;
    this.path = `${this.path} ${sub.name()}`.trim();
  }

  #readFlag(word: string): void {
    const [name, value] = word.split('=', 2);
    const option = this.command.options.find(({ long, short }) => long === name || short === name);
    if (option === undefined) return;
    if (value === undefined && option.required) this.open = option;
    else this.#addFlag(option, value);
  }

  #addFlag(option: Option, value: string | undefined): void {
    const known = this.flags.get(longName(option)) ?? [];
    this.flags.set(longName(option), value === undefined ? known : [...known, value]);
  }
}

/** `--filename`. */
export function longName(option: Option): string {
  return option.long ?? option.short ?? '';
}
