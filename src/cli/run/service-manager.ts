// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import type { Environment } from '../environment.ts';

/** systemd's own program; Node has no datagram sockets of the local kind, which the protocol needs. */
const PROGRAM = 'systemd-notify';
/** A message that does not get out within this time is given up. */
const TIMEOUT_MS = 2_000;

/** Called once when the service manager waits for messages and cannot be told. */
export type Unreachable = (why: string) => void;

/**
 * Tells systemd how far the process is (sd_notify), one message after the other. Does nothing where NOTIFY_SOCKET is not
 * set, and never fails. The unit needs `NotifyAccess=all`, since another process sends the messages.
 */
export class ServiceManager {
  readonly #environment: Environment;
  readonly #onUnreachable: Unreachable;
  #last: Promise<void> = Promise.resolve();
  #isUnreachable = false;

  constructor(environment: Environment, onUnreachable: Unreachable) {
    this.#environment = environment;
    this.#onUnreachable = onUnreachable;
  }

  /** `status`: shown by `systemctl status`. */
  ready(status: string): Promise<void> {
    return this.#tell(['READY=1', `STATUS=${status}`]);
  }

  /** `ready` must follow. */
  reloading(): Promise<void> {
    // The monotonic time is what `Type=notify-reload` needs to tell this reload from an earlier one.
    return this.#tell(['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]);
  }

  /** How it goes, while nothing else changes. */
  status(status: string): Promise<void> {
    return this.#tell([`STATUS=${status}`]);
  }

  stopping(status: string): Promise<void> {
    return this.#tell(['STOPPING=1', `STATUS=${status}`]);
  }

  #tell(lines: readonly string[]): Promise<void> {
    if (!this.#environment['NOTIFY_SOCKET'] || this.#isUnreachable) return Promise.resolve();
    this.#last = this.#last.then(() => this.#send(lines));
    return this.#last;
  }

  #send(lines: readonly string[]): Promise<void> {
    return new Promise(resolve => {
      const child = spawn(PROGRAM, lines, { env: this.#environment, stdio: 'ignore', timeout: TIMEOUT_MS });
      const end = (why: string | null): void => {
        if (why !== null && !this.#isUnreachable) {
          this.#isUnreachable = true;
          this.#onUnreachable(why);
        }
        resolve();
      };
      child.once('error', error => end(error.message));
      child.once('exit', code => end(code === 0 ? null : `${PROGRAM} ended with ${code ?? 'a signal'}`));
    });
  }
}
