// SPDX-License-Identifier: Apache-2.0

/**
 * Hangs this thread where nothing in the process can end it, as a fault of Node or of the system might: it waits for a
 * program that reads a pipe. `STUCK_THREAD_PIPE` names the pipe: whoever could open it for writing knows that the thread
 * hangs, and lets it go by closing it. `STUCK_THREAD_AT`: the message that it hangs at. Imported before a worker thread
 * (`--import`), or as its entry.
 */
import { spawnSync } from 'node:child_process';
import { isMainThread, parentPort } from 'node:worker_threads';

const { STUCK_THREAD_AT: at, STUCK_THREAD_PIPE: pipe = '' } = process.env;
if (!isMainThread) {
  // In a turn of its own: what the worker itself does at the message goes first.
  const hang = (): void => void spawnSync('cat', [pipe]);
  parentPort?.on('message', ({ kind }: { kind: string }) => void (kind === at && setImmediate(hang)));
  parentPort?.postMessage({ kind: 'started', metrics: new SharedArrayBuffer(8), untaken: new SharedArrayBuffer(4) });
}
