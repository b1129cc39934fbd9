// SPDX-License-Identifier: Apache-2.0
import { constants, openSync, statSync, unlinkSync } from 'node:fs';
import type { ByteTarget } from './byte-target.ts';
import { DescriptorTarget } from './descriptor-target.ts';

/** Not readable by others: access logs name clients and paths. */
const MODE = 0o640;
/** O_NONBLOCK: a named pipe without a reader fails to open instead of waiting for one. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Opens a log file for appending; it is made when it is not there. @throws the operating system's error. */
export function openLogFile(path: string): ByteTarget {
  return new DescriptorTarget(openSync(path, FLAGS, MODE), { isOwned: true });
}

/** Removes a log file that nothing was written to, so that what never began leaves nothing behind. */
export function removeEmptyLogFile(path: string): void {
  try {
    const found = statSync(path);
    if (found.isFile() && found.size === 0) unlinkSync(path);
  } catch {
    // It is gone, or its folder is not ours to change: an empty file does no harm.
  }
}
