// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';
import type { KubeClient } from './kube-client.ts';
import type { ReadKind } from './read-kinds.ts';
import type { ReflectorState } from './reflector.ts';

/** Where a store says what happens to it. */
export interface StoreLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface ClusterHealthOptions {
  readonly client: Pick<KubeClient, 'server'>;
  readonly clock: Clock;
  readonly log: StoreLog;
  readonly onFailing?: ((message: string) => void) | null;
}

/** How well the API server is followed. Times are of the wall clock. */
export interface ClusterHealthReport {
  /** It gives no answer, or none that helps; null: it does. */
  readonly failing: { readonly message: string; readonly sinceMs: number } | null;
  /** Kinds that may not be read, or might not when they were last. */
  readonly denied: readonly { readonly kind: string; readonly message: string; readonly sinceMs: number }[];
}

/** Says once that the API server fails, and once that it is well again, however many requests fail meanwhile. */
export class ClusterHealth {
  readonly #server: string;
  readonly #clock: Clock;
  readonly #log: StoreLog;
  readonly #onFailing: ((message: string) => void) | null;
  /** What fails and why, the latest last: kinds, and discovery as ''. */
  readonly #failing = new Map<string, string>();
  /** Since when anything does, of either clock. */
  #since = { nowMs: 0, wallMs: 0 };
  readonly #denied = new Map<string, ClusterHealthReport['denied'][number]>();

  constructor({ client, clock, log, onFailing = null }: ClusterHealthOptions) {
    this.#server = client.server;
    this.#clock = clock;
    this.#log = log;
    this.#onFailing = onFailing;
  }

  /** Since when something fails, in wall time; null: all is well. */
  get failingSinceMs(): number | null {
    return this.#failing.size === 0 ? null : this.#since.wallMs;
  }

  report(): ClusterHealthReport {
    const message = [...this.#failing.values()].at(-1);
    const failing = message === undefined ? null : { message, sinceMs: this.#since.wallMs };
    return { failing, denied: [...this.#denied.values()] };
  }

  /** Discovery failed, or works. */
  discovered(failure: string | null): void {
    this.#note('', failure);
  }

  /** The state of a kind changed. */
  told({ kind, declaration }: ReadKind, state: ReflectorState): void {
    const fields = { kind, group: declaration.group };
    if (state.state === 'denied') {
      this.#denied.set(kind, { kind, message: state.message, sinceMs: this.#clock.wallMs() });
      this.#log.warn(
        'a kind may not be read: what was read of it before is served on, nothing new; it is tried again',
        {
          ...fields,
          error: state.message,
          fix: `grant get, list and watch of ${declaration.plural} to daemun's service account`,
        },
      );
    } else if (state.state === 'absent') {
      this.#log.info('the API server has no such kind; it is read as soon as there is', fields);
    } else if (state.state === 'reading') {
      this.#log.info(
        'the API server makes a kind ready anew, as after a change of its definition; it is followed again in a moment',
        fields,
      );
    }
    this.#note(kind, state.state === 'failing' ? state.message : null);
  }

  /** A kind is denied or fails for another reason than before. Which it is now is known without another line. */
  reworded({ kind }: ReadKind, { state, message }: Extract<ReflectorState, { readonly message: string }>): void {
    const denied = this.#denied.get(kind);
    if (state === 'denied' && denied !== undefined) this.#denied.set(kind, { ...denied, message });
    if (state === 'failing') this.#note(kind, message);
  }

  /** A kind is not asked for any more. */
  letGo({ kind }: ReadKind): void {
    this.#note(kind, null);
  }

  #note(what: string, failure: string | null): void {
    if (failure === null) {
      if (!this.#failing.delete(what) || this.#failing.size > 0) return;
      const forMs = Math.round(this.#clock.nowMs() - this.#since.nowMs);
      this.#log.info('the API server answers again', { server: this.#server, afterMs: forMs });
      return;
    }
    const isFirst = this.#failing.size === 0;
    this.#failing.delete(what);
    this.#failing.set(what, failure);
    if (!isFirst) return;
    this.#since = { nowMs: this.#clock.nowMs(), wallMs: this.#clock.wallMs() };
    this.#onFailing?.(failure);
    this.#log.warn('the API server fails; what is served goes on, and it is tried again until it answers', {
      server: this.#server,
      error: failure,
    });
  }
}
