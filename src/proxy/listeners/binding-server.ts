// SPDX-License-Identifier: Apache-2.0

/**
 * One binding of the snapshot: its listening socket and its connections.
 *
 * A changed binding is swapped in with `update`: connections stay, their next request is decided by the new one. Only
 * connections whose listener is gone, or wants another proof of who they are, are drained.
 */

import { createServer, type Server, type Socket } from 'node:net';
import type { CompiledBinding } from '../../match/index.ts';
import { type BindFailure, type Binding, bindFailure } from '../../snapshot/index.ts';
import type { Scope, Serving } from '../http/index.ts';
import { clientAddressOf, inheritClient, sayerOf, type TrafficCounters } from '../io/index.ts';
import {
  type OpenStream,
  type StreamChoices,
  StreamConnection,
  type StreamMetrics,
  type StreamServer,
} from '../l4/index.ts';
import { BindingMetrics } from './binding-metrics.ts';
import { BindingScopes, type BindingScopesEnvironment } from './binding-scopes.ts';
import { type EnteredListener, enteredBy } from './client-rules.ts';
import { closeQuietly } from './close-quietly.ts';
import type { ConnectionBudget } from './connection-budget.ts';
import { DownstreamConnection, type DownstreamServer } from './downstream-connection.ts';
import { EarlySockets } from './early-sockets.ts';
import { Entrance } from './entrance.ts';
import type { Admitted, AdmittedStream, EntranceOwner } from './entrance-owner.ts';
import { drainPaced } from './paced-drain.ts';
import type { TlsEnvironment } from './tls-entrance.ts';

/** Sockets that the kernel queues for us. */
const BACKLOG = 4_096;
/** Written to a socket before the connection is told to hold DATA back. */
const HIGH_WATER_BYTES = 262_144;
/** The kernel asks a silent client whether it is there: a machine that went away holds its streams for minutes, not hours. */
const KEEP_ALIVE_MS = 300_000;

export interface BindingEnvironment extends BindingScopesEnvironment, TlsEnvironment {
  readonly choices: StreamChoices;
  /** How long streams may go on whose listener is gone. */
  readonly removalTimeoutMs: number;
  readonly budget: ConnectionBudget;
  /** Other workers or processes listen on the port. */
  readonly reusePort: boolean;
}

export class BindingServer implements DownstreamServer, EntranceOwner, StreamServer {
  readonly serving: Serving;
  readonly budget: ConnectionBudget;
  readonly choices: StreamChoices;
  readonly #environment: BindingEnvironment;
  readonly #server: Server;
  /** null: there was no client yet. */
  #entrance: Entrance | null = null;
  /** Each with the load balancer that said whose it is; null: nobody did. */
  readonly #connections = new Map<DownstreamConnection, string | null>();
  readonly #streams = new Set<OpenStream>();
  readonly #early: EarlySockets;
  readonly #scopes: BindingScopes;
  #stopped: Promise<void> | null = null;
  readonly #isShared: boolean;
  #isDraining = false;
  #isOver = false;
  /** null: it is a frontend that had no client yet. */
  #metrics: BindingMetrics | null = null;

  constructor(binding: Binding, environment: BindingEnvironment) {
    this.serving = environment.serving;
    this.#early = new EarlySockets(environment.serving.loop, environment.budget);
    this.#environment = environment;
    this.#scopes = new BindingScopes(binding, environment);
    this.budget = environment.budget;
    this.choices = environment.choices;
    const keepAlive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.#server = createServer({ noDelay: true, ...keepAlive, highWaterMark: HIGH_WATER_BYTES }, socket =>
      this.#onSocket(socket),
    );
    this.#server.once('close', () => {
      this.#isOver = true;
      this.#early.destroy();
    });
    this.#isShared = binding.frontend !== null;
    if (binding.frontend === null) this.#counts();
  }

  get generation(): number {
    return this.#scopes.generation;
  }

  get binding(): Binding {
    return this.#scopes.binding;
  }

  get traffic(): TrafficCounters {
    return this.#counts().traffic;
  }

  get streamMetrics(): StreamMetrics {
    return this.#counts().streams;
  }

  /** Open connections, and requests in progress on them; a stream counts as one. */
  get load(): { readonly connections: number; readonly requests: number } {
    let requests = this.#streams.size;
    for (const connection of this.#connections.keys()) requests += connection.activeRequests;
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
    this.#scopes.update(binding);
    this.#dismiss();
    for (const stream of this.#streams)
      if (!this.#scopes.takes(stream.start.listener)) stream.leave(this.#environment.removalTimeoutMs);
  }

  /**
   * Clients may be of other namespaces than before. The next request of each is decided anew; what was decided for others is kept. A
   * stream stays with whom it was given to.
   */
  clientsMoved(): void {
    if (this.binding.frontend === null) return;
    this.#scopes.clientsMoved();
    this.#dismiss();
  }

  /** Whoever is not taken any more leaves. */
  #dismiss(): void {
    for (const [connection, sayer] of this.#connections) {
      const standing = this.#scopes.standingOf(connection.entered, connection.peerAddress);
      if (standing === 'leaves') connection.drain();
      else if (standing === 'unproven' || !this.#isBelieved(sayer)) connection.turnAway();
      connection.scope();
    }
  }

  metBy(socket: Socket): CompiledBinding {
    return this.#scopes.metFrom(clientAddressOf(socket));
  }

  namespaceOf(peerAddress: string): string | null {
    return this.#scopes.namespaceOf(peerAddress);
  }

  /** Clients of a frontend are Pods, which few addresses stand for; those of Gateways may all come by one load balancer. */
  sharerOf(peerAddress: string): string | null {
    return this.#isShared ? peerAddress : null;
  }

  /** Accepts what waits in the kernel's queue, then no more. Resolves when the socket is closed; connections stay. */
  stopListening(): Promise<void> {
    this.announceLeaving();
    this.#stopped ??= closeQuietly(this.#server, this.serving.clock);
    return this.#stopped;
  }

  /** From now on checks are told so, and clients that can be told gently; all else goes on. */
  announceLeaving(): void {
    if (this.#scopes.leave()) for (const connection of this.#connections.keys()) connection.askToLeave();
  }

  /** Stops listening, then tells clients; connections end when their requests are over. `onEnd`: none is left. */
  drain(onEnd: () => void): void {
    // In this order: clients that are told connect again at once, and not to a socket that is about to be closed.
    void this.stopListening().then(() => {
      this.#isDraining = true;
      drainPaced([...this.#connections.keys()], this.serving.clock);
      this.#early.drain();
      if (this.#isOver) onEnd();
      else this.#server.once('close', onEnd);
    });
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.#server.close();
    this.#early.destroy();
    for (const connection of this.#connections.keys()) connection.cut();
    for (const stream of this.#streams) stream.cut();
  }

  /** The binding is gone, and so is what is counted for it. */
  releaseMetrics(): void {
    // One that had its place before may have counted.
    if (this.#metrics === null) this.serving.metrics.releaseAbout('binding', this.binding.id);
    else this.#metrics.release();
  }

  scopeOf(entered: EnteredListener | null, peerAddress: string, current: Scope | null): Scope {
    return this.#scopes.scopeOf(entered, peerAddress, current);
  }

  requestStarted(clientNamespace: string | null): void {
    this.#counts().requestBegun(clientNamespace);
  }

  requestEnded(): void {
    this.#counts().requestEnded();
  }

  connectionClosed(connection: DownstreamConnection): void {
    this.#connections.delete(connection);
    this.#counts().connectionEnded();
  }

  onAdmitted(raw: Socket, socket: Socket, admitted: Admitted): void {
    if (!this.#enter(raw, socket, admitted.entered)) return;
    const connection = new DownstreamConnection(socket, this, admitted);
    this.#connections.set(connection, sayerOf(raw));
    if (this.#isDraining) connection.drain();
  }

  onStream(raw: Socket, socket: Socket, { start, rule }: AdmittedStream): void {
    if (!this.#enter(raw, socket, enteredBy(start.listener))) return;
    this.#counts().streamBegun(this.namespaceOf(clientAddressOf(raw)));
    const stream = new StreamConnection(socket, rule, start, this);
    this.#streams.add(stream);
    stream.begin();
  }

  /** Who said whose a connection is may have been taken from those that may. */
  #isBelieved(sayer: string | null): boolean {
    return sayer === null || this.#entrance?.isSayer(sayer) === true;
  }

  /** False, and the socket is closed: the listener left, or began to ask for more, while a handshake went on or nothing came. */
  #enter(raw: Socket, socket: Socket, entered: EnteredListener | null): boolean {
    if (this.#scopes.standingOf(entered, clientAddressOf(raw)) !== 'stays' || !this.#isBelieved(sayerOf(raw))) {
      socket.destroy();
      return false;
    }
    inheritClient(raw, socket);
    this.budget.established(raw);
    this.#counts().connectionBegun();
    return true;
  }

  streamEnded(stream: OpenStream): void {
    this.#streams.delete(stream);
    this.#counts().connectionEnded();
  }

  #onSocket(socket: Socket): void {
    this.#counts().accepted();
    this.serving.loop.refresh();
    if (!this.budget.take(socket, this.#early, this.#isShared ? clientAddressOf(socket) : null)) {
      socket.destroy();
      return;
    }
    this.#entrance ??= new Entrance(this, this.#environment);
    this.#entrance.accept(socket);
  }

  #counts(): BindingMetrics {
    this.#metrics ??= new BindingMetrics(this.serving.metrics, this.binding);
    return this.#metrics;
  }
}
