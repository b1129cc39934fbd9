// SPDX-License-Identifier: Apache-2.0
import { createWriteStream, openSync } from 'node:fs';
import { couldNotRun } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** Where access log lines go. */
export interface AccessLogSink {
  /** null: off. */
  readonly write: ((lines: string) => void) | null;
  /** Resolves when all lines are written. */
  close(): Promise<void>;
}

/** Lines that wait for a slow disk, in bytes; beyond it lines are dropped rather than memory filled. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** `stdout`, `off` or a file to append to. Fails when the file cannot be opened. */
export function openAccessLog(target: string, terminal: Terminal): AccessLogSink {
  if (target === 'off') return { write: null, close: async () => undefined };
  if (target === 'stdout') return { write: lines => terminal.out(lines), close: async () => undefined };
  return openFile(target);
}

function openFile(path: string): AccessLogSink {
  const stream = createWriteStream(path, { fd: open(path) });
  return {
    write(lines) {
      if (stream.writableLength < MAX_WAITING_BYTES) stream.write(lines);
    },
    close: () => new Promise(resolve => stream.end(() => resolve())),
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'a', 0o640);
  } catch (error) {
    throw couldNotRun(`cannot write the access log: ${error instanceof Error ? error.message : String(error)}`);
  }
}
