// SPDX-License-Identifier: Apache-2.0
import type { BindFailures, Snapshot } from '../../snapshot/index.ts';

/**
 * Leads connections to frontends, where they do not come by themselves. Sockets come first and go last: what leads to a socket is there
 * only while it listens.
 */
export interface FrontendGate {
  /** Before anything else. Rejects when it cannot work here. */
  start(): Promise<void>;
  /** Before `next` takes the place of what is published: leads nothing on to sockets that it closes. Never rejects. */
  closing(next: Snapshot): Promise<void>;
  /** Once all sockets of `published` listen but those that failed: leads to them. Never rejects. */
  opened(published: Snapshot, failures: BindFailures): Promise<void>;
  /** Leads nothing here any more; before sockets are closed for good. Never rejects. */
  stop(): Promise<void>;
  /** Why connections do not come here although they should, in one clause; null: they do. */
  readonly problem: string | null;
  /** Calls `listener` when `problem` is another one; the last listener counts. */
  onChange(listener: () => void): void;
}
