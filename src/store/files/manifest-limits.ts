// SPDX-License-Identifier: Apache-2.0

/** A manifest of a hundred thousand routes has 40 MiB. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** How much is looked at under one path. */
export interface SearchLimits {
  /** Manifests. */
  readonly files: number;
  /** Files and folders of any name. */
  readonly entries: number;
  /** All manifests together, in bytes; they stay in memory. */
  readonly bytes: number;
}

/** Ten thousand small files take 2 s to read; a link to / or a folder of dependencies ends at the second limit. */
export const SEARCH_LIMITS: SearchLimits = { files: 20_000, entries: 100_000, bytes: 256 * 1024 * 1024 };

/** Why nothing of a file is read. */
export interface FileProblem {
  readonly code: 'store/unreadable' | 'store/not-a-file' | 'store/file-too-large' | 'store/binary';
  readonly message: string;
}

export function tooLarge(path: string): FileProblem {
  return { code: 'store/file-too-large', message: `${path} is larger than 64 MiB and is not read` };
}

export function notAFile(path: string): FileProblem {
  return { code: 'store/not-a-file', message: `${path} is a pipe, a socket or a device, and is not read` };
}

/** What is wrong with a text (UTF-8) as a whole, found without parsing it; undefined when it may be parsed. */
export function problemOfText(path: string, bytes: Buffer): FileProblem | undefined {
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    return {
      code: 'store/binary',
      message: `${path} has a zero byte at offset ${zero}: it is not text, and is not read`,
    };
  }
  return undefined;
}
