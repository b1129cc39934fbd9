// SPDX-License-Identifier: Apache-2.0

import { messageOf } from './daemun-error.ts';

/** By the codes of the system. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a file stands where a folder should be',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its symbolic links go round in a circle',
  EACCES: 'the permission is missing',
  EPERM: 'the permission is missing',
  EROFS: 'the file system can only be read',
  ENOSPC: 'no space is left on the device',
};

/** Why a file cannot be read or written, in plain words that stand behind its name; what is no such failure as `messageOf`. */
export function fileFault(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return WORDS[code] ?? messageOf(thrown);
}
