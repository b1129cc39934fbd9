// SPDX-License-Identifier: Apache-2.0

/**
 * Preloaded by `npm test`: modules are stripped of their types and compiled once, not by each of some 400 test files anew. What
 * is kept is found by a module's path and believed only for the very text, V8 and flags that it was made with. It lies with
 * the checkout's dependencies, which are run as well; where those are read-only, tests take longer, no more.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../node_modules/.cache/tests');
try {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Read by what is started from here: test files, their threads and the programs that they run.
  process.env['NODE_COMPILE_CACHE'] = folder;
} catch {
  // Read-only.
}
