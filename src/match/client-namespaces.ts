// SPDX-License-Identifier: Apache-2.0

import type { ClientNamespace } from '../snapshot/index.ts';
import { AddressRanges } from '../values/index.ts';

/** What is not a namespace: of a client that nobody knows. */
export const UNKNOWN_CLIENTS = '';

/** Whose namespace clients are of. An update costs as much as lies between the first and the last change, most often one address. */
export class ClientNamespaces {
  #clients: readonly ClientNamespace[] = [];
  /** By address, of ranges that hold one: Pods. */
  readonly #hosts = new Map<string, string>();
  /** Longest first. */
  #ranges: readonly Range[] = [];

  constructor(clients: readonly ClientNamespace[] = []) {
    this.update(clients);
  }

  /** `clients`: as `Snapshot.clients`. */
  update(clients: readonly ClientNamespace[]): void {
    const before = this.#clients;
    if (clients === before) return;
    this.#clients = clients;
    let start = 0;
    while (start < before.length && before[start] === clients[start]) start++;
    let same = 0;
    const most = Math.min(before.length, clients.length) - start;
    while (same < most && before[before.length - 1 - same] === clients[clients.length - 1 - same]) same++;
    const [gone, come] = [before.slice(start, before.length - same), clients.slice(start, clients.length - same)];
    for (const { range } of gone) this.#hosts.delete(hostOf(range) ?? '');
    for (const { range, namespace } of come) {
      const host = hostOf(range);
      if (host !== undefined) this.#hosts.set(host, namespace);
    }
    if ([...gone, ...come].some(({ range }) => hostOf(range) === undefined)) this.#ranges = rangesOf(clients);
  }

  /** `address`: an IP address as sockets have it (`plainAddress`). `UNKNOWN_CLIENTS`: none holds it. */
  namespaceOf(address: string): string {
    const known = this.#hosts.get(address);
    if (known !== undefined) return known;
    return this.#ranges.find(({ addresses }) => addresses.has(address))?.namespace ?? UNKNOWN_CLIENTS;
  }
}

interface Range {
  readonly addresses: AddressRanges;
  readonly bits: number;
  readonly namespace: string;
}

/** The address of a range that is one; undefined: it holds more. */
function hostOf(range: string): string | undefined {
  const slash = range.indexOf('/');
  return range.slice(slash + 1) === (range.includes(':') ? '128' : '32') ? range.slice(0, slash) : undefined;
}

function rangesOf(clients: readonly ClientNamespace[]): readonly Range[] {
  const ranges = clients.flatMap(({ range, namespace }): readonly Range[] => {
    if (hostOf(range) !== undefined) return [];
    return [{ addresses: new AddressRanges([range]), bits: Number(range.slice(range.indexOf('/') + 1)), namespace }];
  });
  return ranges.sort((a, b) => b.bits - a.bits);
}
