// SPDX-License-Identifier: Apache-2.0

import type { BindFailures, SnapshotDelta } from '../../snapshot/index.ts';
import type { SessionKey } from '../filters/index.ts';
import type { PortsWanted, TicketSecrets } from '../listeners/index.ts';
import type { Series } from '../metrics/index.ts';
import type { Health, ReachChange } from '../upstream/index.ts';
import type { DrainReport } from './data-plane-worker.ts';
import type { WorkerDump } from './worker-dump.ts';
import type { WorkerSettings } from './worker-runtime.ts';

/** Given to a worker thread when it is made. */
export interface WorkerData {
  readonly settings: WorkerSettings;
}

/** From the main thread. Handled one after the other, in order. */
export type ToWorker =
  /** Answered by `applied`, `apply-failed` or `refused` with the same number. */
  | {
      readonly kind: 'apply';
      readonly sequence: number;
      readonly delta: SnapshotDelta;
      /** It begins with nothing, whatever the thread holds. */
      readonly isWhole: boolean;
      /** See `DataPlaneWorker.prepare`. */
      readonly ports: PortsWanted;
    }
  | { readonly kind: 'health'; readonly cluster: string; readonly health: ReadonlyMap<string, Health> }
  | { readonly kind: 'session-keys'; readonly keys: readonly SessionKey[] }
  | { readonly kind: 'debug'; readonly on: boolean }
  | { readonly kind: 'tickets'; readonly secrets: TicketSecrets }
  | { readonly kind: 'leaving' }
  /** Answered by `stopped-listening`. */
  | { readonly kind: 'stop-listening' }
  /** Answered by `drained`. */
  | { readonly kind: 'drain'; readonly timeoutMs: number }
  /** Answered by `dumped` with the same number. */
  | { readonly kind: 'dump'; readonly sequence: number }
  /** Answered by `pulse`, whatever else is being done. */
  | { readonly kind: 'pulse' }
  /** The thread ends. */
  | { readonly kind: 'close' };

/** Lines that a worker writes. */
export type LineMessage =
  | { readonly kind: 'access-log'; readonly lines: string }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };

export type FromWorker =
  /** `untaken`: see `UntakenLines`. */
  | { readonly kind: 'started'; readonly metrics: SharedArrayBuffer; readonly untaken: SharedArrayBuffer }
  | { readonly kind: 'applied'; readonly sequence: number; readonly failures: BindFailures }
  /** The snapshot could not be executed: a bug. What was served before goes on as far as it can. */
  | { readonly kind: 'apply-failed'; readonly sequence: number; readonly error: string }
  /** It could not be taken up: a bug. The thread holds what it held, and takes no differences until a whole one comes. */
  | { readonly kind: 'refused'; readonly sequence: number; readonly error: string }
  | { readonly kind: 'stopped-listening' }
  | { readonly kind: 'drained'; readonly report: DrainReport }
  | { readonly kind: 'dumped'; readonly sequence: number; readonly dump: WorkerDump }
  | { readonly kind: 'pulse' }
  | { readonly kind: 'series'; readonly series: readonly Series[] }
  | { readonly kind: 'reach'; readonly change: ReachChange }
  | LineMessage;
