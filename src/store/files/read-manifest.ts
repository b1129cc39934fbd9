// SPDX-License-Identifier: Apache-2.0

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { fileFault } from '../../errors/index.ts';
import { signatureOf } from './find-files.ts';
import { type FileProblem, MAX_FILE_BYTES, notAFile, problemOfText, tooLarge } from './manifest-limits.ts';
import { toUtf8 } from './manifest-text.ts';

/** A file written to less than this ago may still be being written. */
const QUIET_MS = 3;

export interface ReadFile {
  /** UTF-8, without byte order mark. */
  readonly bytes: Buffer;
  readonly stats: Stats;
  readonly signature: string;
}

/** How a file that is followed is read. */
export interface Patience {
  /** True when it may be left alone once more while it is being written. */
  mayWait(): boolean;
  /** The wall clock, which files' times are told by. */
  wallMs(): number;
}

/** Reads a file. 'busy': it is being written this moment. Undefined: there is none. Never blocks on a pipe. */
export function readManifest(path: string, patience: Patience | null): ReadFile | FileProblem | 'busy' | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) return notAFile(path);
    if (stats.size > MAX_FILE_BYTES) return tooLarge(path);
    if (patience !== null && patience.wallMs() - stats.mtimeMs < QUIET_MS && patience.mayWait()) return 'busy';
    const bytes = readUpTo(file, stats.size);
    const signature = signatureOf(stats);
    if (patience !== null && signatureOf(fstatSync(file)) !== signature && patience.mayWait()) return 'busy';
    const text = toUtf8(bytes);
    return problemOfText(path, text) ?? { bytes: text, stats, signature };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { code: 'store/unreadable', message: `${path} cannot be read: ${fileFault(error)}` };
  } finally {
    if (file !== undefined) close(file);
  }
}

/** What was read was read: a file system may tell of its failures when a file is closed. */
function close(file: number): void {
  try {
    closeSync(file);
  } catch {}
}

/** No more than the size it had: a file that grows without end is not followed. */
function readUpTo(file: number, size: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < size) {
    const count = readSync(file, buffer, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}
