// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  type BindFailure,
  type BindFailures,
  type Binding,
  bindFailure,
  type Snapshot,
  transportOf,
} from '../../snapshot/index.ts';
import { trialBind, trialBindDatagrams } from './trial-bind.ts';

/** Of sockets that are in use (binding ids), those that another process shares with us on purpose. */
export type ShareQuestion = (ids: readonly string[]) => Promise<ReadonlySet<string>>;

const IN_USE = bindFailure('EADDRINUSE', '');

/**
 * Sockets with `reusePort` would share a port with another process of the same user that does so too (a second daemun,
 * say) and take half of its connections in silence. So each port that is new is bound once without it first; one that is
 * in use is shared only with a process that is there to be replaced.
 */
export class PortClaims {
  readonly #mayShare: ShareQuestion;
  #held: ReadonlyMap<string, Binding> = new Map();
  /** All of them held, in the order of their snapshot; null: some were not free. */
  #whole: readonly Binding[] | null = null;

  constructor(mayShare: ShareQuestion) {
    this.#mayShare = mayShare;
  }

  /** Checks the bindings of `snapshot` that were not there, or not free, last time. */
  async check(snapshot: Snapshot): Promise<BindFailures> {
    if (snapshot.bindings === this.#whole) return NO_FAILURES;
    const ours = new Set(Array.from(this.#held.values(), portKey));
    const held = new Map<string, Binding>();
    const inUse: Binding[] = [];
    for (const binding of snapshot.bindings) {
      // A port that we hold at another address is in use by ourselves, as far as can be told.
      const isOurs = this.#held.has(binding.id) || ours.has(portKey(binding));
      if (isOurs || (await isFree(binding))) held.set(binding.id, binding);
      else inUse.push(binding);
    }
    const failures = new Map<string, BindFailure>();
    const shared = inUse.length === 0 ? new Set() : await this.#mayShare(inUse.map(({ id }) => id));
    for (const binding of inUse) {
      if (shared.has(binding.id)) held.set(binding.id, binding);
      else failures.set(binding.id, IN_USE);
    }
    this.#held = held;
    this.#whole = failures.size === 0 ? snapshot.bindings : null;
    return failures;
  }
}

const NO_FAILURES: BindFailures = new Map();

/** `snapshot` without bindings that failed; the same object when none did. */
export function withoutBindings(snapshot: Snapshot, failures: BindFailures): Snapshot {
  if (failures.size === 0) return snapshot;
  return { ...snapshot, bindings: snapshot.bindings.filter(binding => !failures.has(binding.id)) };
}

/** Other errors than "in use" are left to the workers, who say them better. */
async function isFree({ address, port, admission }: Binding): Promise<boolean> {
  const tried = transportOf(admission) === 'udp' ? trialBindDatagrams : trialBind;
  return (await tried(address, port)) !== 'EADDRINUSE';
}

/** TCP and UDP have ports of their own. */
function portKey({ port, admission }: Binding): string {
  return `${port}/${transportOf(admission)}`;
}

/** Where several sockets of one port share its connections evenly (Linux SO_REUSEPORT, FreeBSD SO_REUSEPORT_LB and the like). */
const BALANCING_PLATFORMS: ReadonlySet<NodeJS.Platform> = new Set(['linux', 'freebsd', 'aix', 'sunos']);

/** True when each worker can listen on the same port and gets its share of the connections. */
export async function canReusePort(): Promise<boolean> {
  if (!BALANCING_PLATFORMS.has(process.platform)) return false;
  const server = createServer();
  try {
    server.listen({ host: '127.0.0.1', port: 0, reusePort: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
