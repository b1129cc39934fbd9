// SPDX-License-Identifier: Apache-2.0

import { compareHostnames, coveringHostnames, share } from '../../values/index.ts';

/** A listener on the same port. */
export interface Neighbour {
  readonly id: string;
  readonly hostname: string;
}

/**
 * The working listeners of one port of a Gateway: hosts that those before us take never arrive here. There may be thousands, and each has
 * all of them as neighbours, so a question costs a look-up for each label, and `share` takes the whole by identity: it is no plain object.
 */
export class PortNeighbours {
  readonly #list: readonly Neighbour[];
  readonly #byHostname: ReadonlyMap<string, Neighbour>;

  private constructor(list: readonly Neighbour[]) {
    this.#list = list;
    this.#byHostname = new Map(list.toReversed().map(neighbour => [neighbour.hostname, neighbour]));
  }

  /** Of a port without any. */
  static readonly NONE: PortNeighbours = new PortNeighbours([]);

  /** `previous`, if it has the same ones. */
  static of(neighbours: readonly Neighbour[], previous: PortNeighbours | undefined): PortNeighbours {
    const list = neighbours.toSorted((a, b) => compareHostnames(a.hostname, b.hostname));
    return previous !== undefined && share(previous.#list, list) === previous.#list
      ? previous
      : new PortNeighbours(list);
  }

  /**
   * The one that takes every host of `hostname` away from a listener with hostname `own`: the most specific listener owns a host (listener
   * isolation). Undefined: they arrive at that one.
   */
  ownerOf(hostname: string, own: string): Neighbour | undefined {
    for (const pattern of coveringHostnames(hostname)) {
      const neighbour = this.#byHostname.get(pattern);
      if (neighbour !== undefined && compareHostnames(pattern, own) < 0) return neighbour;
    }
    return undefined;
  }
}
