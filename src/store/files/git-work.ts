// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Tells whether git is changing files where the paths lie: it holds `.git/index.lock` while it checks out, merges or
 * restores, and what it writes in that time belongs together.
 */
export class GitWork {
  readonly #locks: readonly string[];

  constructor(paths: readonly string[]) {
    const folders = new Set(paths.flatMap(path => gitFolder(resolve(path)) ?? []));
    this.#locks = [...folders].map(folder => join(folder, 'index.lock'));
  }

  /** One look at the file system for each repository. */
  isGoingOn(): boolean {
    return this.#locks.some(lock => existsSync(lock));
  }
}

/** The `.git` of the repository that a path lies in. Not that of a linked worktree, which is a file. */
function gitFolder(path: string): string | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    const git = join(folder, '.git');
    if (existsSync(join(git, 'HEAD'))) return git;
    if (folder === dirname(folder)) return undefined;
  }
}
