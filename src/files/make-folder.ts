// SPDX-License-Identifier: Apache-2.0

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder for its owner alone, and those above it that are missing. Throws what the system says. What stands there
 * already is left, a file too.
 *
 * Node's own `recursive` goes round for ever where the system says that the folder above is missing and it is not: in /proc,
 * which is the home of some system users.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if (!existsSync(path)) throw error;
  }
}
