// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from '../../admin/index.ts';
import {
  countRedirected,
  type Redirection,
  type Redirector,
  type RedirectorState,
  redirectionKey,
  sameTarget,
} from '../../redirect/index.ts';
import type { BindFailures, Binding, Snapshot } from '../../snapshot/index.ts';
import type { Clock } from '../../time/index.ts';
import type { GatewayLog } from '../log/log.ts';
import { processError, type Trouble, timeText } from '../shown/trouble.ts';
import type { FrontendGate } from './frontend-gate.ts';
import type { FrontendPlaces } from './frontend-places.ts';
import { meshMetrics } from './mesh-metrics.ts';

export interface NodeGateParts {
  readonly places: Pick<FrontendPlaces, 'keep' | 'refuse'>;
  /** Makes what tells `onState` what becomes of it. */
  redirect(onState: (state: RedirectorState) => void): Pick<Redirector, 'start' | 'set' | 'stop' | 'state'>;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly log: GatewayLog;
}

/** The gate of a node: the kernel leads connections to ClusterIPs to sockets of this machine. */
export class NodeGate implements FrontendGate {
  readonly #places: NodeGateParts['places'];
  readonly #redirector: Pick<Redirector, 'start' | 'set' | 'stop' | 'state'>;
  /** Of the snapshot that was published last, if all of them could be bound. */
  #bound: readonly Binding[] | null = null;
  /** By `redirectionKey`. */
  #open: ReadonlyMap<string, Redirection> = new Map();
  #losses = 0;
  #onChange: () => void = () => undefined;
  /** When redirections were lost, in wall time. */
  #lostMs = 0;

  constructor({ places, redirect, clock, log }: NodeGateParts) {
    this.#places = places;
    this.#redirector = redirect(state => {
      if (state.kind === 'live') log.info('connections to Services with routes come here', { ports: state.count });
      if (state.kind === 'down') {
        this.#losses++;
        this.#lostMs = clock.wallMs();
        log.warn('connections to Services with routes do not come here; kube-proxy serves them', { why: state.why });
      }
      this.#onChange();
    });
  }

  start(): Promise<void> {
    return this.#redirector.start();
  }

  async closing(next: Snapshot): Promise<void> {
    if (next.bindings === this.#bound) return;
    const wanted = redirectionsTo(next.bindings);
    const staying = [...this.#open].filter(([key, one]) => sameTarget(one, wanted.get(key)));
    if (staying.length < this.#open.size) await this.#lead(new Map(staying));
  }

  async opened({ bindings }: Snapshot, failures: BindFailures): Promise<void> {
    if (bindings === this.#bound && failures.size === 0) return;
    this.#bound = failures.size === 0 ? bindings : null;
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

  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  get state(): RedirectorState {
    return this.#redirector.state;
  }

  /** By `redirectionKey`; null: there are none to ask about, or nft does not tell. */
  async counts(): Promise<ReadonlyMap<string, number> | null> {
    const { state } = this.#redirector;
    return state.kind === 'live' ? await countRedirected(state.table).catch(() => null) : null;
  }

  troubles(): readonly Trouble[] {
    const { problem } = this;
    if (problem === null || this.#losses === 0) return [];
    return [
      processError({
        subject: 'mesh',
        message: `${problem}; kube-proxy serves them without their routes`,
        since: timeText(this.#lostMs),
        next: 'nft list tables',
      }),
    ];
  }

  metrics(): readonly MetricFamily[] {
    return meshMetrics(this.#redirector.state, this.#losses);
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
