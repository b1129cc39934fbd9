// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from '../admin/index.ts';
import { type Redirection, type Redirector, type RedirectorState, redirectionKey } from '../redirect/index.ts';
import type { BindFailures, Binding, Snapshot } from '../snapshot/index.ts';
import type { FrontendGate } from './frontend-gate.ts';
import type { FrontendPlaces } from './frontend-places.ts';
import type { GatewayLog } from './log.ts';

export interface NodeGateParts {
  readonly places: Pick<FrontendPlaces, 'keep' | 'refuse'>;
  /** Makes what tells `onState` what becomes of it. */
  redirect(onState: (state: RedirectorState) => void): Pick<Redirector, 'start' | 'set' | 'stop' | 'state'>;
  readonly log: GatewayLog;
  /** `problem` is another one now. */
  onChange(): void;
}

/** The gate of a node: the kernel leads connections to ClusterIPs to sockets of this machine. */
export class NodeGate implements FrontendGate {
  readonly #places: NodeGateParts['places'];
  readonly #redirector: Pick<Redirector, 'start' | 'set' | 'stop' | 'state'>;
  /** By `redirectionKey`. */
  #open: ReadonlyMap<string, Redirection> = new Map();
  #losses = 0;

  constructor({ places, redirect, log, onChange }: NodeGateParts) {
    this.#places = places;
    this.#redirector = redirect(state => {
      if (state.kind === 'live') log.info('connections to Services with routes come here', { ports: state.count });
      if (state.kind === 'down') {
        this.#losses++;
        log.warn('connections to Services with routes do not come here; kube-proxy serves them', { why: state.why });
      }
      onChange();
    });
  }

  start(): Promise<void> {
    return this.#redirector.start();
  }

  async closing(next: Snapshot): Promise<void> {
    const wanted = redirectionsTo(next.bindings);
    const staying = [...this.#open].filter(([key, one]) => isSame(one, wanted.get(key)));
    if (staying.length < this.#open.size) await this.#lead(new Map(staying));
  }

  async opened({ bindings }: Snapshot, failures: BindFailures): Promise<void> {
    const frontends = bindings.flatMap(({ frontend }) => (frontend === null ? [] : [frontend]));
    this.#places.keep(frontends);
    const [failed, bound] = [
      bindings.filter(({ id }) => failures.has(id)),
      bindings.filter(({ id }) => !failures.has(id)),
    ];
    for (const { frontend } of failed) if (frontend !== null) this.#places.refuse(frontend);
    await this.#lead(redirectionsTo(bound));
  }

  stop(): Promise<void> {
    return this.#redirector.stop();
  }

  get problem(): string | null {
    const { state } = this.#redirector;
    return state.kind === 'down' ? `connections to Services are not redirected: ${state.why}` : null;
  }

  metrics(): readonly MetricFamily[] {
    const { state } = this.#redirector;
    return [
      {
        name: 'daemun_mesh_redirections',
        help: 'Ports of Services, one for each ClusterIP, whose connections the kernel leads here.',
        type: 'gauge',
        samples: [{ labels: {}, value: state.kind === 'live' ? state.count : 0 }],
      },
      {
        name: 'daemun_mesh_redirection_losses_total',
        help: 'How often all redirections were lost, or could not be changed, and were made anew: kube-proxy served the Services meanwhile.',
        type: 'counter',
        samples: [{ labels: {}, value: this.#losses }],
      },
    ];
  }

  async #lead(redirections: ReadonlyMap<string, Redirection>): Promise<void> {
    this.#open = redirections;
    await this.#redirector.set([...redirections.values()]);
  }
}

function redirectionsTo(bindings: readonly Binding[]): Map<string, Redirection> {
  return new Map(
    bindings.flatMap(({ frontend, address, port }) => {
      if (frontend === null) return [];
      const one = { address: frontend.address, port: frontend.port, to: { address, port } };
      return [[redirectionKey(one), one] as const];
    }),
  );
}

function isSame(a: Redirection, b: Redirection | undefined): boolean {
  return b !== undefined && a.to.address === b.to.address && a.to.port === b.to.port;
}
