// SPDX-License-Identifier: Apache-2.0

/**
 * One binding of the snapshot: its listening socket and its connections.
 *
 * A changed binding is swapped in with `update`: connections stay, their next request is decided by the new one. Only
 * connections whose listener is gone, or wants another proof of who they are, are drained.
 */

import { createServer, type Server, type Socket } from 'node:net';
import {
  type ClientNamespaces,
  type CompiledBinding,
  type CompiledListener,
  type CompileOptions,
  compileBinding,
  type PatternVerdicts,
  type SharedMatchers,
} from '../../match/index.ts';
import { type BindFailure, type Binding, bindFailure, type Listener } from '../../snapshot/index.ts';
import { VOLATILE_NAMES } from '../../wire/index.ts';
import { Scope, type ScopeEnvironment, type Serving } from '../http/index.ts';
import { clientAddressOf, inheritClient, type TrafficCounters } from '../io/index.ts';
import {
  type OpenStream,
  type StreamChoices,
  StreamConnection,
  StreamMetrics,
  type StreamServer,
} from '../l4/index.ts';
import { type Standing, standingOf } from './client-rules.ts';
import { closeQuietly } from './close-quietly.ts';
import type { ConnectionBudget } from './connection-budget.ts';
import { DownstreamConnection, type DownstreamServer } from './downstream-connection.ts';
import { EarlySockets } from './early-sockets.ts';
import { Entrance } from './entrance.ts';
import type { Admitted, AdmittedStream, EntranceOwner } from './entrance-owner.ts';
import { FrontendMetrics } from './frontend-metrics.ts';
import { drainPaced } from './paced-drain.ts';
import type { TlsContexts } from './tls-contexts.ts';

/** Sockets that the kernel queues for us. */
const BACKLOG = 4_096;
/** Written to a socket before the connection is told to hold DATA back. */
const HIGH_WATER_BYTES = 262_144;
/** The kernel asks a silent client whether it is there: a machine that went away holds its streams for minutes, not hours. */
const KEEP_ALIVE_MS = 300_000;

export interface BindingEnvironment extends ScopeEnvironment {
  readonly contexts: TlsContexts;
  /** Of the clients of frontends. */
  readonly clients: ClientNamespaces;
  readonly choices: StreamChoices;
  /** How long streams may go on whose listener is gone. */
  readonly removalTimeoutMs: number;
  readonly verdicts: PatternVerdicts;
  readonly matchers: SharedMatchers;
  readonly budget: ConnectionBudget;
  /** Other workers or processes listen on the port. */
  readonly reusePort: boolean;
}

export class BindingServer implements DownstreamServer, EntranceOwner, StreamServer {
  readonly serving: Serving;
  readonly traffic: TrafficCounters;
  readonly budget: ConnectionBudget;
  readonly choices: StreamChoices;
  readonly streamMetrics: StreamMetrics;
  /** null: the binding is of Gateways. */
  readonly #frontend: FrontendMetrics | null;
  generation = 1;
  compiled: CompiledBinding;
  #listeners: ReadonlyMap<string, Listener>;
  readonly #environment: BindingEnvironment;
  readonly #server: Server;
  readonly #entrance: Entrance;
  readonly #connections = new Set<DownstreamConnection>();
  readonly #streams = new Set<OpenStream>();
  readonly #early: EarlySockets;
  /** Scopes of this generation by entered listener ('' for cleartext) and the listeners that trust the peer. */
  readonly #scopes = new Map<string, Scope>();
  #stopped: Promise<void> | null = null;
  #isDraining = false;
  #isLeaving = false;
  #isOver = false;
  readonly #slots: { readonly connections: number; readonly accepted: number; readonly active: number };

  constructor(binding: Binding, environment: BindingEnvironment) {
    this.serving = environment.serving;
    this.#early = new EarlySockets(environment.serving.loop, environment.budget);
    this.#environment = environment;
    this.compiled = compileBinding(binding, compileOptions(environment));
    this.#listeners = byId(binding);
    this.budget = environment.budget;
    this.choices = environment.choices;
    this.#entrance = new Entrance(this, environment.contexts);
    const keepAlive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.#server = createServer({ noDelay: true, ...keepAlive, highWaterMark: HIGH_WATER_BYTES }, socket =>
      this.#onSocket(socket),
    );
    this.#server.once('close', () => {
      this.#isOver = true;
      this.#early.destroy();
    });
    const { metrics } = environment.serving;
    const labels = { binding: binding.id };
    this.streamMetrics = new StreamMetrics(metrics, binding.id);
    this.#frontend = binding.frontend === null ? null : new FrontendMetrics(metrics, binding.id, binding.frontend);
    this.#slots = {
      connections: metrics.slot('daemun_downstream_connections', labels),
      accepted: metrics.slot('daemun_downstream_connections_total', labels),
      active: metrics.slot('daemun_downstream_requests_active', labels),
    };
    this.traffic = {
      values: metrics.values,
      read: metrics.slot('daemun_downstream_received_bytes_total', labels),
      written: metrics.slot('daemun_downstream_sent_bytes_total', labels),
    };
  }

  get binding(): Binding {
    return this.compiled.binding;
  }

  /** Open connections, and requests in progress on them; a stream counts as one. */
  get load(): { readonly connections: number; readonly requests: number } {
    let requests = this.#streams.size;
    for (const connection of this.#connections) requests += connection.activeRequests;
    return { connections: this.#connections.size + this.#streams.size, requests };
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Answers the reason when the port cannot be had; null: it listens. */
  listen(): Promise<BindFailure | null> {
    const { address, port } = this.binding;
    return new Promise(resolve => {
      const onError = (error: NodeJS.ErrnoException): void => resolve(bindFailure(error.code, error.message));
      this.#server.once('error', onError);
      this.#server.listen({ host: address, port, backlog: BACKLOG, reusePort: this.#environment.reusePort }, () => {
        this.#server.off('error', onError);
        this.#server.on('error', error => this.budget.acceptFailed(error));
        resolve(null);
      });
    });
  }

  /** The port that is listened on (differs from the binding's when that is 0). */
  get port(): number {
    const address = this.#server.address();
    return address === null || typeof address === 'string' ? 0 : address.port;
  }

  update(binding: Binding): void {
    if (binding === this.binding) return;
    const previous = this.compiled;
    this.compiled = compileBinding(binding, { ...compileOptions(this.#environment), previous });
    this.#renewScopes();
    this.#listeners = byId(binding);
    this.#dismiss();
    for (const stream of this.#streams)
      if (standingOf(stream.start.listener, this.#listeners.get(stream.start.listener.id)) !== 'stays')
        stream.leave(this.#environment.removalTimeoutMs);
  }

  /**
   * Clients may be of other namespaces than before. The next request of each is decided anew; what was decided for others is kept. A
   * stream stays with whom it was given to.
   */
  clientsMoved(): void {
    if (this.binding.frontend === null) return;
    this.generation++;
    this.#dismiss();
  }

  /** Whoever is not taken any more leaves. */
  #dismiss(): void {
    for (const connection of this.#connections) {
      const standing = this.#standingOf(connection.entered?.listener ?? null, connection.peerAddress);
      if (standing === 'leaves') connection.drain();
      else if (standing === 'unproven') connection.turnAway();
    }
  }

  metBy(socket: Socket): CompiledBinding {
    return this.#metFrom(clientAddressOf(socket));
  }

  /** Of the client of a frontend; null: the binding is of Gateways. */
  namespaceOf(peerAddress: string): string | null {
    return this.binding.frontend === null ? null : this.#environment.clients.namespaceOf(peerAddress);
  }

  #metFrom(peerAddress: string): CompiledBinding {
    const namespace = this.namespaceOf(peerAddress);
    return namespace === null ? this.compiled : this.compiled.forClientsOf(namespace);
  }

  /** Of what entered by a listener; null: by first bytes. */
  #standingOf(entered: Listener | null, peerAddress: string): Standing {
    if (entered !== null) return standingOf(entered, this.#listeners.get(entered.id));
    const { admission } = this.#metFrom(peerAddress).binding;
    return admission === 'first-bytes' ? 'stays' : admission === 'client-hello' ? 'unproven' : 'leaves';
  }

  /** Accepts what waits in the kernel's queue, then no more. Resolves when the socket is closed; connections stay. */
  stopListening(): Promise<void> {
    this.announceLeaving();
    this.#stopped ??= closeQuietly(this.#server, this.serving.clock);
    return this.#stopped;
  }

  /** From now on checks are told so, and clients that can be told gently; all else goes on. */
  announceLeaving(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#renewScopes();
    for (const connection of this.#connections) connection.askToLeave();
  }

  #renewScopes(): void {
    this.generation++;
    this.#scopes.clear();
  }

  /** Stops listening, then tells clients; connections end when their requests are over. `onEnd`: none is left. */
  drain(onEnd: () => void): void {
    // In this order: clients that are told connect again at once, and not to a socket that is about to be closed.
    void this.stopListening().then(() => {
      this.#isDraining = true;
      drainPaced([...this.#connections], this.serving.clock);
      this.#early.drain();
      if (this.#isOver) onEnd();
      else this.#server.once('close', onEnd);
    });
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.#server.close();
    this.#early.destroy();
    for (const connection of this.#connections) connection.cut();
    for (const stream of this.#streams) stream.cut();
  }

  /** The binding is gone, and so is what is counted for it. */
  releaseMetrics(): void {
    this.streamMetrics.release();
    this.#frontend?.release();
    this.serving.metrics.releaseAbout('binding', this.binding.id);
  }

  scopeOf(entered: CompiledListener | null, peerAddress: string, current: Scope | null): Scope {
    const namespace = this.namespaceOf(peerAddress);
    const met = namespace === null ? this.compiled : this.compiled.forClientsOf(namespace);
    if (current !== null && met.listeners.length === 0) return current;
    const id = entered?.listener.id ?? namespace ?? '';
    const trusting = met.trustedBy(peerAddress);
    const key = trusting.size === 0 ? id : [id, ...trusting].join(' ');
    let scope = this.#scopes.get(key);
    if (scope === undefined) {
      const now = met.listeners.find(compiled => compiled.listener.id === id) ?? entered;
      const entrance = { entered: now, trusting, isLeaving: this.#isLeaving, clientNamespace: namespace };
      scope = new Scope(met, entrance, this.#environment);
      this.#scopes.set(key, scope);
    }
    return scope;
  }

  requestStarted(clientNamespace: string | null): void {
    if (clientNamespace !== null) this.#frontend?.request(clientNamespace);
    this.#add(this.#slots.active, 1);
  }

  requestEnded(): void {
    this.#add(this.#slots.active, -1);
  }

  connectionClosed(connection: DownstreamConnection): void {
    this.#connections.delete(connection);
    this.#add(this.#slots.connections, -1);
  }

  onAdmitted(raw: Socket, socket: Socket, admitted: Admitted): void {
    if (!this.#enter(raw, socket, admitted.entered?.listener ?? null)) return;
    const connection = new DownstreamConnection(socket, this, admitted);
    this.#connections.add(connection);
    if (this.#isDraining) connection.drain();
  }

  onStream(raw: Socket, socket: Socket, { start, rule }: AdmittedStream): void {
    if (!this.#enter(raw, socket, start.listener)) return;
    const clients = this.namespaceOf(clientAddressOf(raw));
    if (clients !== null) this.#frontend?.stream(clients);
    const stream = new StreamConnection(socket, rule, start, this);
    this.#streams.add(stream);
    stream.begin();
  }

  /** False, and the socket is closed: the listener left, or began to ask for more, while a handshake went on or nothing came. */
  #enter(raw: Socket, socket: Socket, entered: Listener | null): boolean {
    if (this.#standingOf(entered, clientAddressOf(raw)) !== 'stays') {
      socket.destroy();
      return false;
    }
    inheritClient(raw, socket);
    this.budget.established(raw);
    this.#add(this.#slots.connections, 1);
    return true;
  }

  streamEnded(stream: OpenStream): void {
    this.#streams.delete(stream);
    this.#add(this.#slots.connections, -1);
  }

  #onSocket(socket: Socket): void {
    this.#add(this.#slots.accepted, 1);
    this.serving.loop.refresh();
    if (this.budget.take(socket, this.#early)) this.#entrance.accept(socket);
    else socket.destroy();
  }

  #add(slot: number, amount: number): void {
    const { values } = this.serving.metrics;
    values[slot] = (values[slot] as number) + amount;
  }
}

function byId({ listeners }: Binding): ReadonlyMap<string, Listener> {
  return new Map(listeners.map(listener => [listener.id, listener]));
}

function compileOptions({ verdicts, matchers }: BindingEnvironment): CompileOptions {
  return { volatileNames: VOLATILE_NAMES, verdicts, matchers };
}
