// SPDX-License-Identifier: Apache-2.0

import type { Timer } from '../../time/index.ts';
import type { MessageConnection } from '../../wire/index.ts';
import type { ConnectionEnvironment } from './connection-environment.ts';

/** They are looked at this often. */
const END_PACE_MS = 100;

/** Ends of streams that a connection holds back, because its peer would take many at once for an attack. Owns one timer. */
export class HeldEnds {
  readonly #environment: ConnectionEnvironment;
  readonly #onCrowded: () => void;
  #timer: Timer | null = null;
  #isDropped = false;

  /** `onCrowded`: so many streams are abandoned that there should be no new ones. Called again while that is so. */
  constructor(environment: ConnectionEnvironment, onCrowded: () => void) {
    this.#environment = environment;
    this.#onCrowded = onCrowded;
  }

  /** There are some. */
  hold(messages: MessageConnection): void {
    this.#look(messages);
    this.#timer ??= this.#environment.clock.after(END_PACE_MS, () => this.#send(messages));
  }

  /** The connection is closed. */
  drop(): void {
    this.#isDropped = true;
    this.#timer?.cancel();
  }

  #send(messages: MessageConnection): void {
    this.#timer = null;
    this.#environment.loop.refresh();
    messages.pacing?.sendHeldEnds();
    if (this.#isDropped) return;
    if (messages.pacing?.hasHeldEnds === true) this.hold(messages);
    else this.#look(messages);
  }

  #look({ pacing }: MessageConnection): void {
    if (pacing?.isCrowded === true) this.#onCrowded();
  }
}
