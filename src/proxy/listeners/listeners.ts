// SPDX-License-Identifier: Apache-2.0

import { ClientNamespaces, PatternVerdicts, SharedMatchers } from '../../match/index.ts';
import {
  type BindFailure,
  type BindFailures,
  type Binding,
  entryLists,
  type RouteEntry,
  type Rule,
  type Snapshot,
  transportOf,
} from '../../snapshot/index.ts';
import type { Timer } from '../../time/index.ts';
import { Gates, RuleCompiler, type Serving } from '../http/index.ts';
import { StreamChoices } from '../l4/index.ts';
import type { RateLimitedLog } from '../log/index.ts';
import { MethodBudget } from '../metrics/index.ts';
import { SessionBudget, type UdpEnvironment, UdpServer } from '../udp/index.ts';
import { type BindingEnvironment, BindingServer } from './binding-server.ts';
import { changedEntries } from './changed-entries.ts';
import { ConnectionBudget } from './connection-budget.ts';
import { headerNamesOf, healthNamesOf } from './header-names.ts';
import type { ServedBinding } from './served-binding.ts';
import type { TicketSecrets } from './ticket-secrets.ts';
import { TlsContexts } from './tls-contexts.ts';
import { UnfinishedHandshakes } from './unfinished-handshakes.ts';

export interface ListenersOptions {
  /** Other workers, or another process that takes this one's place, listen on the same ports. */
  readonly reusePort: boolean;
  /** The same for all workers: a TLS session resumes on any of them. */
  readonly ticketSecrets: TicketSecrets;
  /** Client connections that may be open at once, on all bindings. */
  readonly maxConnections: number;
  /** TLS handshakes that may wait for their clients at once, on all bindings. Default: see `UnfinishedHandshakes`. */
  readonly maxHandshakes?: number | undefined;
  /** For what clients cause. */
  readonly log: RateLimitedLog;
  /** How long requests on a binding that was removed, and streams of such a listener, may go on, in milliseconds. Default 30 s. */
  readonly removalTimeoutMs?: number;
}

/** One binding as it is served now. */
export interface BindingDump {
  readonly id: string;
  /** Differs from the binding's when that is 0. */
  readonly port: number;
  readonly listeners: readonly string[];
  readonly connections: number;
  readonly requests: number;
}
export type ListenersDump = readonly BindingDump[];

/** Whether ports that are not open yet are opened. */
export type PortsWanted = 'open' | 'as-they-are';

const REMOVAL_TIMEOUT_MS = 30_000;

/** The bindings of one worker. Apply a snapshot to the upstreams first: rules look their clusters up when they are compiled. */
export class Listeners {
  /** Called when the last connection is gone, after `drain`. */
  onIdle: (() => void) | null = null;
  readonly #removalTimeoutMs: number;
  readonly #environment: BindingEnvironment;
  readonly #datagrams: UdpEnvironment;
  readonly #servers = new Map<string, ServedBinding>();
  #bindings: readonly Binding[] = [];
  #isLeaving = false;
  /** For good: a snapshot that comes now is for the connections that there are. */
  #acceptsNoMore = false;
  /** Nobody may come: there are only those who still have connections. */
  #isDraining = false;
  /** Bindings that left and still have connections. */
  readonly #leaving = new Map<ServedBinding, Timer | undefined>();

  constructor(serving: Serving, options: ListenersOptions) {
    this.#removalTimeoutMs = options.removalTimeoutMs ?? REMOVAL_TIMEOUT_MS;
    const budget = new ConnectionBudget(options.maxConnections, { ...serving, log: options.log });
    const { reusePort } = options;
    const sessions = new SessionBudget(budget, { ...serving, log: options.log });
    this.#datagrams = { ...serving, reusePort, budget: sessions, waiting: { bytes: 0 } };
    this.#environment = {
      serving,
      rules: new RuleCompiler(serving),
      gates: new Gates(serving),
      choices: new StreamChoices(),
      removalTimeoutMs: this.#removalTimeoutMs,
      gateways: new Map(),
      methods: new MethodBudget(),
      verdicts: new PatternVerdicts({
        onTooLong: () => serving.metrics.count('daemun_limit_hits_total', { limit: 'pattern_text' }),
        onSpent: () => serving.metrics.count('daemun_limit_hits_total', { limit: 'pattern_work' }),
        nowMs: () => serving.clock.nowMs(),
      }),
      matchers: new SharedMatchers(),
      compiled: new WeakMap(),
      contexts: new TlsContexts(options.ticketSecrets),
      handshakes: new UnfinishedHandshakes(
        () => serving.metrics.count('daemun_limit_hits_total', { limit: 'handshakes' }),
        options.maxHandshakes,
      ),
      clients: new ClientNamespaces(),
      budget,
      reusePort,
    };
  }

  /**
   * Serves the bindings of a snapshot. Resolves when the TCP ports of those that left are closed and every port was bound or refused, with the reason of each
   * that was refused, by binding id. Those are tried again with the next snapshot. Bindings that did not
   * change are not touched. A UDP port that left stays a second at most, for answers that are due.
   * With `ports` `as-they-are` nothing is bound: all is ready for the next snapshot to do it.
   */
  async apply(
    snapshot: Pick<Snapshot, 'bindings' | 'certificates' | 'trustBundles'>,
    ports: PortsWanted = 'open',
  ): Promise<BindFailures> {
    this.#environment.contexts.update(snapshot);
    const wanted = snapshot.bindings;
    const kept = new Set(wanted.map(binding => binding.id));
    const left = [...this.#servers].filter(([id]) => !kept.has(id));
    for (const [id, server] of left) this.#retire(id, server, this.#removalTimeoutMs);
    const came = changedEntries(this.#bindings, wanted);
    const gone = changedEntries(wanted, this.#bindings);
    this.#bindings = wanted;
    // Requests on a binding that left may still count for rules that are gone.
    if (this.#leaving.size > 0 || !areNewVersions(gone, came)) this.#environment.rules.retain(rulesOf(wanted));
    this.#environment.serving.lists.steadyNames.add(headerNamesOf(came));
    this.#environment.serving.lists.steadyNames.add(healthNamesOf(wanted));
    const failures = new Map<string, BindFailure>();
    for (const binding of wanted) this.#swap(binding);
    if (ports === 'open' && !this.#acceptsNoMore)
      await Promise.all(wanted.map(binding => this.#open(binding, failures)));
    // A snapshot that brings a TCP port back finds it free, and not in use by a socket of ours that closes.
    await Promise.all(left.map(([, server]) => server.stopListening()));
    return failures;
  }

  /** Whose namespace clients of frontends are of from now on. */
  setClients(clients: Snapshot['clients']): void {
    this.#environment.clients.update(clients);
    for (const server of this.#servers.values()) server.clientsMoved();
  }

  rotateTickets(secrets: TicketSecrets): void {
    this.#environment.contexts.rotate(secrets);
  }

  /** From now on health endpoints of all bindings say that they drain, those that come too; all else goes on. */
  announceLeaving(): void {
    this.#isLeaving = true;
    for (const server of this.#servers.values()) server.announceLeaving();
  }

  /** Accepts no more on any binding, nor on those that come. Resolves when all sockets are closed; connections stay. */
  async stopListening(): Promise<void> {
    this.#acceptsNoMore = true;
    await Promise.all(Array.from(this.#servers.values(), server => server.stopListening()));
  }

  /** Accepts no more; connections end when their requests are over (`onIdle`), at the latest with `close`. */
  drain(): void {
    this.#isDraining = true;
    for (const [id, server] of this.#servers) this.#retire(id, server, null);
    if (this.#leaving.size === 0) this.onIdle?.();
  }

  /** Ends everything at once. */
  close(): void {
    for (const [server, deadline] of this.#leaving) {
      deadline?.cancel();
      server.destroy();
    }
    for (const server of this.#servers.values()) server.destroy();
    this.#servers.clear();
  }

  /** Open connections. */
  connections(): number {
    return this.#all().reduce((sum, server) => sum + server.load.connections, 0);
  }

  /** Requests in progress. */
  activeStreams(): number {
    return this.#all().reduce((sum, server) => sum + server.load.requests, 0);
  }

  /** What is served, for `proxy-config`. */
  dump(): ListenersDump {
    return Array.from(this.#servers.values(), server => ({
      id: server.binding.id,
      port: server.port,
      listeners: server.binding.listeners.map(listener => listener.id),
      ...server.load,
    }));
  }

  #all(): ServedBinding[] {
    return [...this.#servers.values(), ...this.#leaving.keys()];
  }

  #swap(binding: Binding): void {
    const known = this.#servers.get(binding.id);
    if (known !== undefined) known.update(binding);
    else if (!this.#isDraining) this.#add(this.#serverOf(binding));
  }

  #serverOf(binding: Binding): ServedBinding {
    return transportOf(binding.admission) === 'udp'
      ? new UdpServer(binding, this.#datagrams)
      : new BindingServer(binding, this.#environment);
  }

  #add(server: ServedBinding): void {
    this.#servers.set(server.binding.id, server);
    if (this.#isLeaving) server.announceLeaving();
  }

  async #open({ id }: Binding, failures: Map<string, BindFailure>): Promise<void> {
    const server = this.#servers.get(id);
    if (server === undefined || server.isListening) return;
    const failure = await server.listen();
    if (failure === null) return;
    failures.set(id, failure);
    if (this.#servers.get(id) === server) this.#servers.delete(id);
  }

  /** `timeoutMs` null: no deadline of its own. */
  #retire(id: string, server: ServedBinding, timeoutMs: number | null): void {
    this.#servers.delete(id);
    const { clock } = this.#environment.serving;
    const deadline = timeoutMs === null ? undefined : clock.after(timeoutMs, () => this.#cut(id, server));
    this.#leaving.set(server, deadline);
    server.drain(() => {
      deadline?.cancel();
      this.#leaving.delete(server);
      // A request of its last connections may have counted for a rule that is gone. Looked for once: thousands may end together.
      if (this.#leaving.size === 0) this.#environment.rules.retain(rulesOf(this.#bindings));
      if (!this.#servers.has(id)) server.releaseMetrics();
      if (this.#leaving.size === 0 && this.#servers.size === 0) this.onIdle?.();
    });
  }

  #cut(id: string, server: ServedBinding): void {
    const { requests } = server.load;
    this.#environment.serving.log.warn('requests on a removed binding were cut', { binding: id, requests });
    server.destroy();
  }
}

/** No rule is gone for good: each is among those that came too, as it is now. */
function areNewVersions(gone: readonly RouteEntry[], came: readonly RouteEntry[]): boolean {
  const names = new Set(came.map(nameOf));
  return gone.every(entry => names.has(nameOf(entry)));
}

function nameOf({ rule: { id, origin } }: RouteEntry): string {
  return `${id} ${origin.ruleName}`;
}

function* rulesOf(bindings: readonly Binding[]): Generator<Rule> {
  for (const entries of entryLists(bindings)) for (const { rule } of entries) yield rule;
}
