// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../time/index.ts';
import type { TicketSecrets } from './listeners/index.ts';

/**
 * As long as a session can be resumed: a ticket that is written just before a rotation is taken until it expires, and a
 * secret that leaks opens the tickets of four hours at most.
 */
export const TICKET_ROTATION_MS = 7_200_000;
const SECRET_BYTES = 32;

/** Makes the secrets of session tickets, and new ones every `TICKET_ROTATION_MS`. Owns its timer: `close` it. */
export class TicketRotation {
  secrets: TicketSecrets = { current: randomBytes(SECRET_BYTES), previous: null };
  readonly #clock: Clock;
  readonly #onChange: (secrets: TicketSecrets) => void;
  #timer: Timer;

  constructor(clock: Clock, onChange: (secrets: TicketSecrets) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#timer = this.#arm();
  }

  close(): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    return this.#clock.after(TICKET_ROTATION_MS, () => {
      this.secrets = { current: randomBytes(SECRET_BYTES), previous: this.secrets.current };
      this.#timer = this.#arm();
      this.#onChange(this.secrets);
    });
  }
}
