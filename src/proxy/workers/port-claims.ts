// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer } from 'node:net';
import { type BindFailure, type BindFailures, type Binding, bindFailure, type Snapshot } from '../../snapshot/index.ts';

/**
 * Sockets with `reusePort` would share a port with another process of the same user that does so too (a second daemun,
 * say) and take half of its connections in silence. So each port that is new is bound once without it first.
 */
export class PortClaims {
  #held: ReadonlySet<string> = new Set();

  /** Checks the bindings of `snapshot` that were not there, or not free, last time. */
  async check(snapshot: Snapshot): Promise<BindFailures> {
    const held = new Set<string>();
    const failures = new Map<string, BindFailure>();
    for (const binding of snapshot.bindings) {
      const failure = this.#held.has(binding.id) ? null : await tryToBind(binding);
      if (failure === null) held.add(binding.id);
      else failures.set(binding.id, failure);
    }
    this.#held = held;
    return failures;
  }
}

/** `snapshot` without bindings that failed; the same object when none did. */
export function withoutBindings(snapshot: Snapshot, failures: BindFailures): Snapshot {
  if (failures.size === 0) return snapshot;
  return { ...snapshot, bindings: snapshot.bindings.filter(binding => !failures.has(binding.id)) };
}

/** null: it is free. Other errors than "in use" are left to the workers, who say them better. */
async function tryToBind({ address, port, transport }: Binding): Promise<BindFailure | null> {
  if (transport !== 'tcp') return null;
  const server = createServer();
  try {
    server.listen({ host: address, port, exclusive: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EADDRINUSE' ? bindFailure(code, message) : null;
  }
}
