// SPDX-License-Identifier: Apache-2.0
import {
  type BindFailure,
  type BindFailures,
  type Binding,
  type Listener,
  routesRequests,
  type Snapshot,
  transportOf,
} from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';
import { freeDatagramPort, freePort } from './free-port.ts';

/**
 * Where the bindings of a snapshot are really bound. `as-written`: where translation put them. `ephemeral`, for tests
 * and embedding: each on a free port of its address, the same one as long as the process runs, once it is bound.
 */
export class PortPlan {
  readonly #mode: 'as-written' | 'ephemeral';
  /** Written binding id → port. */
  readonly #ports = new Map<string, number>();
  /** Written binding → the moved one: an unchanged binding keeps its identity, until there is a further port that its redirects may name. */
  #moved = new WeakMap<Binding, Binding>();

  /** Written bindings whose first port somebody else took before it was bound. */
  readonly #again = new Set<string>();

  /** The list placed last, and what came of it: an unchanged list keeps its identity too. */
  #written: readonly Binding[] = [];
  #placed: readonly Binding[] = [];

  constructor(mode: 'as-written' | 'ephemeral') {
    this.#mode = mode;
  }

  /** The snapshot to publish. Rejects when the OS has no free port at an address. */
  async place(snapshot: Snapshot): Promise<Snapshot> {
    if (this.#mode === 'as-written') return snapshot;
    if (snapshot.bindings === this.#written) return { ...snapshot, bindings: this.#placed };
    for (const binding of snapshot.bindings) await this.#choose(binding);
    const bindings = snapshot.bindings.map(binding => this.#move(binding));
    bindings.sort((a, b) => compareStrings(a.id, b.id));
    this.#written = snapshot.bindings;
    this.#placed = bindings;
    return { ...snapshot, bindings };
  }

  /** The port at which a written binding is really bound. */
  portOf(binding: Pick<Binding, 'id' | 'port'>): number {
    return this.#ports.get(binding.id) ?? binding.port;
  }

  /** Failures by written binding id, from failures by published binding id. */
  writtenFailures(failures: BindFailures, written: readonly Binding[]): BindFailures {
    if (this.#mode === 'as-written') return failures;
    const back = new Map<string, BindFailure>();
    for (const binding of written) {
      const failure = failures.get(placedId(binding, this.portOf(binding)));
      if (failure !== undefined) back.set(binding.id, failure);
    }
    return back;
  }

  /** After a bind: whether `place` gives another port now to some that were taken since they were chosen, once for each binding. */
  chooseAgain(failures: BindFailures, written: readonly Binding[]): boolean {
    if (this.#mode === 'as-written') return false;
    const taken = [...this.writtenFailures(failures, written)].filter(
      ([id, { code }]) => code === 'port-in-use' && !this.#again.has(id),
    );
    for (const [id] of taken) {
      this.#again.add(id);
      this.#ports.delete(id);
    }
    if (taken.length > 0) this.#written = [];
    return taken.length > 0;
  }

  async #choose(binding: Binding): Promise<void> {
    if (this.#ports.has(binding.id)) return;
    this.#ports.set(binding.id, await findFreePort(binding));
    this.#moved = new WeakMap();
  }

  #move(binding: Binding): Binding {
    const known = this.#moved.get(binding);
    if (known !== undefined) return known;
    const port = this.portOf(binding);
    const listeners = binding.listeners.map(listener => this.#reach(binding, listener));
    const moved = { ...binding, id: placedId(binding, port), port, listeners };
    this.#moved.set(binding, moved);
    return moved;
  }

  /** A listener whose redirects name the ports that are really bound. */
  #reach(binding: Binding, listener: Listener): Listener {
    const reached = (port: number): number => this.portOf({ id: placedId(binding, port), port });
    if (!routesRequests(listener)) return listener;
    const { own, http, https } = listener.ports;
    return { ...listener, ports: { own: reached(own), http: reached(http), https: reached(https) } };
  }
}

function placedId(binding: Binding, port: number): string {
  return binding.id.replace(/:\d+\/(\w+)$/, `:${port}/$1`);
}

async function findFreePort({ address, admission }: Binding): Promise<number> {
  const outcome = await (transportOf(admission) === 'udp' ? freeDatagramPort(address) : freePort(address));
  if ('port' in outcome) return outcome.port;
  throw new Error(`no free port at ${address}: ${outcome.refusal}`);
}
