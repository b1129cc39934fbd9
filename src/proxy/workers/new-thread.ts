// SPDX-License-Identifier: Apache-2.0

import { Worker } from 'node:worker_threads';
import { threadEnvironment } from './compiled-modules.ts';
import type { WorkerData } from './worker-protocol.ts';
import type { WorkerSettings } from './worker-runtime.ts';

/**
 * Begins a thread that runs `entry`, by default `worker-thread.ts`.
 *
 * @throws Error when the system has no room for a thread
 */
export function newThread(name: string, settings: WorkerSettings, entry: URL | undefined): Worker {
  // Type stripping runs the .ts file in a checkout, the build has a .js file of the same name.
  const file = import.meta.url.endsWith('.ts') ? './worker-thread.ts' : './worker-thread.js';
  const workerData: WorkerData = { settings };
  return new Worker(entry ?? new URL(file, import.meta.url), { workerData, name, env: threadEnvironment() });
}
