// SPDX-License-Identifier: Apache-2.0
import { renameSync, writeFileSync } from 'node:fs';

/**
 * Puts `text` in the place of what `file` held, all in one step. Returns when that step began, of `performance.now`: file systems take milliseconds
 * to end it, ext4 more for a file that was written lately, and a proxy reads the new one meanwhile.
 */
export function replaceFile(file: string, text: string): number {
  writeFileSync(`${file}.new`, text);
  const replacedAt = performance.now();
  renameSync(`${file}.new`, file);
  return replacedAt;
}
