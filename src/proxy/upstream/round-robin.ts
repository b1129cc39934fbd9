// SPDX-License-Identifier: Apache-2.0

import type { Random } from '../../time/index.ts';
import type { Choice, Picker } from './picker.ts';

/** Each in turn. Starts anywhere, so that workers and rebuilt pickers do not all begin with the first endpoint. */
export function roundRobinPicker<E extends Choice>(endpoints: readonly E[], random: Random): Picker<E> {
  return new RoundRobin(endpoints, random);
}

class RoundRobin<E extends Choice> implements Picker<E> {
  readonly #endpoints: readonly E[];
  #next: number;

  constructor(endpoints: readonly E[], random: Random) {
    this.#endpoints = endpoints;
    this.#next = Math.floor(random() * endpoints.length);
  }

  pick(_hash: number): E | undefined {
    const at = this.#next;
    this.#next = at + 1 === this.#endpoints.length ? 0 : at + 1;
    return this.#endpoints[at];
  }
}
