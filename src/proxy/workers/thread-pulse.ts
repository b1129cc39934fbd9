// SPDX-License-Identifier: Apache-2.0

import type { Worker } from 'node:worker_threads';
import type { Timer } from '../../time/index.ts';
import type { ThreadHost } from './thread-host.ts';
import type { ToWorker } from './worker-protocol.ts';

/** How often a thread is asked whether it still turns. */
const PULSE_MS = 10_000;
/** Silent for so many in a row it hangs, and is ended. No turn takes a minute, also where there is little CPU time. */
const MAX_SILENT_PULSES = 6;

/**
 * Ends a thread that hangs, so that another one takes its place: the kernel goes on giving it connections, which nobody takes. Pulses are counted, not
 * time: a process that was stopped and goes on finds only one that is late. Begin it when the thread has started: where there is little CPU
 * time, and many threads, reading the program takes minutes.
 */
export class ThreadPulse {
  readonly #thread: Pick<Worker, 'postMessage' | 'terminate'>;
  readonly #index: number;
  readonly #host: Pick<ThreadHost, 'clock' | 'log'>;
  #silent = 0;
  #isAwaited = false;
  #timer: Timer;

  /** `index`: for logs. */
  constructor(
    thread: Pick<Worker, 'postMessage' | 'terminate'>,
    index: number,
    host: Pick<ThreadHost, 'clock' | 'log'>,
  ) {
    this.#thread = thread;
    this.#index = index;
    this.#host = host;
    this.#timer = this.#arm();
  }

  answered(): void {
    this.#isAwaited = false;
  }

  close(): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    return this.#host.clock.after(PULSE_MS, () => this.#beat());
  }

  #beat(): void {
    this.#silent = this.#isAwaited ? this.#silent + 1 : 0;
    if (this.#silent >= MAX_SILENT_PULSES) {
      this.#host.log.error('a worker hangs: it has not answered for a minute, and is ended', { worker: this.#index });
      void this.#thread.terminate();
      return;
    }
    if (!this.#isAwaited) this.#thread.postMessage({ kind: 'pulse' } satisfies ToWorker);
    this.#isAwaited = true;
    this.#timer = this.#arm();
  }
}
