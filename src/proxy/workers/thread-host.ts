// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';
import type { Log } from '../log/index.ts';
import type { Series } from '../metrics/index.ts';
import type { ReachChange } from '../upstream/index.ts';
import type { SharedDeltas } from './shared-deltas.ts';

/** What a thread tells the main thread apart from answers. */
export interface ThreadHost {
  readonly log: Log;
  readonly clock: Clock;
  readonly deltas: SharedDeltas;
  accessLog(lines: string): void;
  onReach(thread: number, change: ReachChange): void;
  /** What the threads say after `setDebug(true)`. */
  debug(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** A thread began; its counters are in `page`. Called again when it is replaced. */
  onPage(thread: number, page: SharedArrayBuffer): void;
  onSeries(thread: number, series: readonly Series[]): void;
  /** A thread that took the place of another one could not bind some sockets: a new snapshot would try again. */
  onUnbound(): void;
  /** The thread is gone: its gauges mean nothing any more. */
  onGone(thread: number): void;
  /** It ended by itself, and another one takes its place. */
  onEnded(): void;
  /** It could not take up what it was given, as a difference or whole. */
  onRefused(): void;
  /** What the threads run. Default: `worker-thread.ts`. Tests bring one that misbehaves. */
  readonly entry?: URL;
}
