// SPDX-License-Identifier: Apache-2.0
import { createReadStream, type Stats, statSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { LocatedFinding } from '../controller/index.ts';
import { fileFault } from '../errors/index.ts';
import { couldNotRun } from './exit-code.ts';
import { readStream } from './read-stream.ts';
import type { Terminal } from './terminal.ts';

/** Stands for standard input among the paths of `-f`. */
export const INPUT = '-';
/** How findings call standard input. */
export const INPUT_NAME = '<stdin>';
/** How people call it. */
const INPUT_WORDS = 'standard input';

/** Paths that a store can open. */
export interface ManifestPaths {
  readonly paths: readonly string[];
  /** Puts the name of standard input back where a finding names the file that stands in for it. */
  readonly rename: (finding: LocatedFinding) => LocatedFinding;
}

/** Fails when a path does not exist: a typing error is no empty folder. */
export function checkPaths(paths: readonly string[]): void {
  for (const path of paths) if (path !== INPUT) checkPath(path);
}

/** A device has no end, or nothing in it. */
function checkPath(path: string): void {
  const stats = statOf(path);
  if (stats === undefined) throw couldNotRun(`the path "${path}" does not exist`);
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return;
  throw couldNotRun(`the path "${path}" is a device`, 'Name a file, a folder or a pipe, or "-" for standard input');
}

/** What stands in a folder that may not be entered is not missing. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw couldNotRun(`the path "${path}" cannot be read: ${fileFault(error)}`);
  }
}

/** As `checkPaths`, for paths that are watched: what can be read only once has no changes. */
export function checkWatchedPaths(paths: readonly string[]): void {
  checkPaths(paths);
  const stream = paths.find(path => path === INPUT || isStream(path));
  if (stream === undefined) return;
  const name = stream === INPUT ? INPUT_WORDS : stream;
  throw couldNotRun(
    `${name} can be read only once, and run watches its manifests`,
    'Write them to a file, and name it',
  );
}

/** `<(helm template …)`, `/dev/stdin`: neither file nor folder. */
function isStream(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

/** Calls `use` with the paths, what can be read only once written to files for as long as that takes. */
export async function withInput<T>(
  paths: readonly string[],
  terminal: Terminal,
  use: (manifests: ManifestPaths) => Promise<T>,
): Promise<T> {
  const streams = [...new Set(paths.filter(path => path === INPUT || isStream(path)))];
  if (streams.length === 0) return use({ paths, rename: finding => asGiven(finding, paths) });
  // The store names files by their real paths.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'daemun-')));
  const names = new Map(streams.map((path, at) => [join(folder, `${at}.yaml`), path]));
  try {
    for (const [file, path] of names) {
      const isInput = path === INPUT;
      const bytes = await readStream(isInput ? terminal.input() : createReadStream(path), isInput ? INPUT_WORDS : path);
      await writeFile(file, bytes, { mode: 0o600 });
    }
    const files = new Map([...names].map(([file, path]) => [path, file]));
    return await use({
      paths: paths.map(path => files.get(path) ?? path),
      rename: finding => {
        const file = finding.file ?? '';
        const message = inWords(finding.message, file, [...names]);
        const stream = names.get(file);
        if (stream === undefined) return asGiven({ ...finding, message }, paths);
        // What it says of other files is as seen from where nobody put it.
        const others = paths.filter(path => !files.has(path)).map(path => [resolve(path), path] as const);
        return { ...finding, file: streamName(stream), message: inWords(message, file, others) };
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function streamName(stream: string): string {
  return stream === INPUT ? INPUT_NAME : stream;
}

/** A message with other names for these files, which it has as they are seen from the file `from`, or in full. */
function inWords(message: string, from: string, named: readonly (readonly [file: string, name: string])[]): string {
  const names = new Map(
    named.flatMap(([file, name]) => [relative(dirname(from), file), file].map(text => [text, name])),
  );
  const texts = [...names].filter(([text]) => text !== '').sort(([a], [b]) => b.length - a.length);
  return texts.reduce((words, [text, name]) => words.replaceAll(text, () => streamName(name)), message);
}

function asGiven(finding: LocatedFinding, paths: readonly string[]): LocatedFinding {
  return { ...finding, file: fileAsGiven(finding.file, paths) };
}

/** A file below one of the paths, named as that path was given: a relative one stays relative. */
function fileAsGiven(file: string | null, paths: readonly string[]): string | null {
  if (file === null) return null;
  for (const path of paths) {
    const below = relative(resolve(path), file);
    if (below === '') return path;
    if (!below.startsWith('..')) return join(path, below);
  }
  return file;
}
