// SPDX-License-Identifier: Apache-2.0

/** Entry point of a worker thread: a `WorkerRuntime` behind the messages of `worker-protocol.ts`. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Snapshot } from '../../snapshot/index.ts';
import { systemClock, systemRandom } from '../../time/index.ts';
import type { Log } from '../log/index.ts';
import { SnapshotReceiver } from './snapshot-receiver.ts';
import { giveBackStart } from './thread-heap.ts';
import { UntakenLines } from './untaken-lines.ts';
import type { FromWorker, ToWorker, WorkerData } from './worker-protocol.ts';
import { WorkerRuntime } from './worker-runtime.ts';

const port = parentPort;
if (port === null) throw new Error('worker-thread.ts runs as a worker thread only');

const send = (message: FromWorker): void => port.postMessage(message);
const untaken: UntakenLines = new UntakenLines(send, () =>
  runtime.metrics.count('daemun_limit_hits_total', { limit: 'untaken_lines' }),
);
const logAt =
  (level: 'debug' | 'info' | 'warn' | 'error') =>
  (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    untaken.write({ kind: 'log', level, message, fields });
const log: Log = { info: logAt('info'), warn: logAt('warn'), error: logAt('error') };

const { settings } = workerData as WorkerData;
const runtime = new WorkerRuntime(settings, {
  clock: systemClock,
  random: systemRandom,
  log,
  accessLog: lines => untaken.write({ kind: 'access-log', lines }),
  series: series => send({ kind: 'series', series }),
  reach: change => send({ kind: 'reach', change }),
  debug: logAt('debug'),
});

const received = new SnapshotReceiver();

async function apply(message: ToWorker & { readonly kind: 'apply' }): Promise<void> {
  const { sequence, ports } = message;
  const isFirst = received.isEmpty;
  const snapshot = take(message);
  if (snapshot === undefined) return;
  try {
    const failures = await runtime.apply(snapshot, ports);
    send({ kind: 'applied', sequence, failures });
    // At a start no port is open yet, so no request waits for it; once they do, where a thread takes the place of another.
    if (isFirst) giveBackStart();
  } catch (error) {
    send({ kind: 'apply-failed', sequence, error: traceOf(error) });
  }
}

/** undefined: it broke, and that is said. A thread that ended here would end again with the same snapshot: better serve what is left. */
function take({ sequence, delta, isWhole }: ToWorker & { readonly kind: 'apply' }): Snapshot | undefined {
  try {
    return received.take(delta, isWhole);
  } catch (error) {
    send({ kind: 'refused', sequence, error: traceOf(error) });
    return undefined;
  }
}

function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A drain holds up what comes behind it, for minutes perhaps; who wants to know what it waits for is told. */
let isDraining = false;

function dump(sequence: number): void {
  send({ kind: 'dumped', sequence, dump: runtime.dump() });
}

async function handle(message: Exclude<ToWorker, { kind: 'pulse' }>): Promise<void> {
  switch (message.kind) {
    case 'apply':
      await apply(message);
      break;
    case 'health':
      runtime.setHealth(message.cluster, message.health);
      break;
    case 'session-keys':
      runtime.setSessionKeys(message.keys);
      break;
    case 'debug':
      runtime.setDebug(message.on);
      break;
    case 'tickets':
      runtime.rotateTickets(message.secrets);
      break;
    case 'leaving':
      runtime.announceLeaving();
      break;
    case 'stop-listening':
      await runtime.stopListening();
      send({ kind: 'stopped-listening' });
      break;
    case 'drain':
      isDraining = true;
      send({ kind: 'drained', report: await runtime.drain(message.timeoutMs) });
      break;
    case 'dump':
      dump(message.sequence);
      break;
    case 'close':
      runtime.close();
      port?.close();
      break;
  }
}

let queue: Promise<void> = Promise.resolve();
port.on('message', (message: ToWorker) => {
  if (isDraining && message.kind === 'dump') {
    dump(message.sequence);
    return;
  }
  if (message.kind === 'pulse') {
    send(message);
    return;
  }
  // Not caught: a failure here is a bug, ends the thread, and the main thread starts another one.
  queue = queue.then(() => handle(message));
});
send({ kind: 'started', metrics: runtime.metrics.buffer, untaken: untaken.buffer });
