// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { LocatedFinding } from '../controller/index.ts';
import { couldNotRun } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** Stands for standard input among the paths of `-f`. */
const INPUT = '-';
/** How findings call standard input. */
export const INPUT_NAME = '<stdin>';

/** Paths that a store can open. */
export interface ManifestPaths {
  readonly paths: readonly string[];
  /** Puts the name of standard input back where a finding names the file that stands in for it. */
  readonly rename: (finding: LocatedFinding) => LocatedFinding;
}

/** Fails when a path does not exist: a typing error is no empty folder. */
export function checkPaths(paths: readonly string[]): void {
  const missing = paths.find(path => path !== INPUT && !existsSync(path));
  if (missing !== undefined) throw couldNotRun(`the path "${missing}" does not exist`);
}

/** Calls `use` with the paths, standard input written to a file for as long as that takes. */
export async function withInput<T>(
  paths: readonly string[],
  terminal: Terminal,
  use: (manifests: ManifestPaths) => Promise<T>,
): Promise<T> {
  const asGiven = (finding: LocatedFinding): LocatedFinding => ({ ...finding, file: fileAsGiven(finding.file, paths) });
  if (!paths.includes(INPUT)) return use({ paths, rename: asGiven });
  const folder = await mkdtemp(join(tmpdir(), 'daemun-'));
  const file = join(folder, 'stdin.yaml');
  try {
    await writeFile(file, await terminal.readInput(), { mode: 0o600 });
    return await use({
      paths: paths.map(path => (path === INPUT ? file : path)),
      rename: finding => (finding.file?.endsWith(file) === true ? { ...finding, file: INPUT_NAME } : asGiven(finding)),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
