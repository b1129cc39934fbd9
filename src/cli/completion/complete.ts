// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { CommandLine, longName } from './command-line.ts';

/** Asks the shell to complete names of files. */
export const FILES = ':files';

/** What can stand at the end of a command line. */
export interface CompletionContext {
  readonly program: Command;
  /** Values of an argument that the command line alone does not tell: kinds, names of objects, sections, codes. */
  valuesOf(asked: AskedArgument): Promise<readonly string[]>;
}

/** An argument of a command, and what stands before it. */
export interface AskedArgument {
  /** As `get`, or `cert issue`. */
  readonly command: string;
  /** The arguments before it, flags left out. */
  readonly before: readonly string[];
  readonly partial: string;
  /** The flags given so far, by their long names: `--namespace` → `['infra']`; `[]` for a switch. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** Flags whose value is a file or folder. */
const FILE_FLAGS: ReadonlySet<string> = new Set([
  '--filename',
  '--cacert',
  '--proto',
  '--import-path',
  '--access-log',
  '--state-dir',
  '--out',
  '--ca',
  '--ca-key',
  '--kubeconfig',
  '--log-file',
]);

/** Only these characters reach the shell: names from files and peers become words of a command line. */
const PLAIN_WORD = /^[\w.:/@=+-]+$/;

/** The words that may stand in place of the last one, `FILES` alone for file names. `words`: without the program's name. */
export async function complete(words: readonly string[], context: CompletionContext): Promise<readonly string[]> {
  const last = words.at(-1) ?? '';
  // `--output=j` is as `--output j`, in one word.
  const [prefix = '', flag] = /^(--[a-z-]+)=/.exec(last) ?? [];
  const partial = last.slice(prefix.length);
  const line = new CommandLine([...words.slice(0, -1), ...(flag === undefined ? [] : [flag])], context.program);
  const found = await candidates(line, partial, context);
  if (found[0] === FILES) return [FILES];
  return found.filter(word => word.startsWith(partial) && PLAIN_WORD.test(word)).map(word => prefix + word);
}

async function candidates(line: CommandLine, partial: string, context: CompletionContext): Promise<readonly string[]> {
  const { command, path, before, flags, open, isEnded } = line;
  if (open !== undefined) {
    if (FILE_FLAGS.has(longName(open))) return [FILES];
    return open.argChoices ?? context.valuesOf({ command: longName(open), before: [], partial, flags });
  }
  if (!isEnded && partial.startsWith('-')) return [...command.options.map(longName), '--help'];
  if (command.commands.length > 0 && before.length === 0) return visible(command);
  if (path === '' && before[0] === 'help' && before.length === 1) return visible(command);
  return context.valuesOf({ command: path, before, partial, flags });
}

function visible(command: Command): string[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.map(sub => sub.name());
}
