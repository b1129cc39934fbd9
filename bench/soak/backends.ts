// SPDX-License-Identifier: Apache-2.0

/** Backends on a thread of their own: clients that wait for their turn must not hold up the servers behind what they measure. */
import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type DemoService, startDemoBackends } from '../../src/demo/index.ts';

export interface Backends {
  readonly ports: readonly number[];
  close(): Promise<void>;
}

export async function startBackends(service: DemoService): Promise<Backends> {
  const worker = new Worker(import.meta.filename, { workerData: service });
  const [ports] = (await once(worker, 'message')) as [readonly number[]];
  return { ports, close: async () => void (await worker.terminate()) };
}

if (parentPort !== null) {
  const { endpoints } = await startDemoBackends([workerData as DemoService]);
  parentPort.postMessage(endpoints.map(({ port }) => port));
}
