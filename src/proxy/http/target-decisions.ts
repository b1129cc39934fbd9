// SPDX-License-Identifier: Apache-2.0

import type { CompiledListener, CompiledVirtualHost } from '../../match/index.ts';
import type { RouteEntry } from '../../snapshot/index.ts';
import type { HeaderList } from '../../wire/index.ts';
import type { Face } from '../faces/index.ts';
import type { GatewayMetrics } from '../metrics/index.ts';
import type { PeerTrust } from './client-claims.ts';
import type { DecidedIn, Decision } from './decision.ts';

/** Entries that one list remembers decisions of: further ones are decided each time. */
const MAX_ENTRIES = 64;

/** What a list says without its target. */
export interface RequestHead {
  readonly scope: DecidedIn;
  readonly head: HeaderList;
  readonly face: Face;
  /** The protocol that it asks to go on with; null: none. */
  readonly upgrade: string | null;
  /** '': none. */
  readonly host: string;
  readonly listener: CompiledListener | undefined;
  /** Those of the listener that take the host, most specific first. */
  readonly hosts: readonly CompiledVirtualHost[];
  /** `namespace/name`, with its counters; '': no listener takes the request. */
  readonly gateway: string;
  readonly metrics: GatewayMetrics;
  readonly trust: PeerTrust;
  /** As a trusted peer says, else the connection's. */
  readonly proto: 'http' | 'https';
  /** Whose health endpoint the request may be for. */
  readonly checked: CompiledListener | undefined;
}

/** What follows from a list whose target is not in it: what it says by itself, and the decision for each entry that took it. */
export class TargetDecisions {
  readonly request: RequestHead;
  readonly #byEntry = new Map<RouteEntry, Decision>();
  /** Found last, and so mostly found next. */
  #lastEntry: RouteEntry | null = null;
  #lastDecision: Decision | undefined = undefined;

  constructor(request: RequestHead) {
    this.request = request;
  }

  decisionOf(entry: RouteEntry): Decision | undefined {
    if (entry === this.#lastEntry) return this.#lastDecision;
    const decision = this.#byEntry.get(entry);
    this.#lastEntry = entry;
    this.#lastDecision = decision;
    return decision;
  }

  /** False: there is no room. */
  put(entry: RouteEntry, decision: Decision): boolean {
    if (this.#byEntry.size >= MAX_ENTRIES) return false;
    this.#byEntry.set(entry, decision);
    this.#lastEntry = null;
    return true;
  }
}
