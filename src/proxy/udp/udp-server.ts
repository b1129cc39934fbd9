// SPDX-License-Identifier: Apache-2.0

/**
 * One UDP binding of one worker: its socket and its clients' sessions.
 *
 * Per datagram: one look at the clock, two looks into maps, one send; nothing is allocated but what Node allocates for what it
 * received. Workers share the port (`reusePort`), and the kernel gives all datagrams of one client to one of them. Guarded by
 * the case `udp` of `bench`.
 *
 * Answers leave from this socket: clients see the address that they asked, unless the socket is bound to all addresses and the
 * system leaves from another one of them.
 */
import type { Socket } from 'node:dgram';
import type { RequestFailureReason } from '../../errors/index.ts';
import { type BindFailure, type Binding, bindFailure, type Listener, type StreamRule } from '../../snapshot/index.ts';
import type { Clock, Random, Timer } from '../../time/index.ts';
import { plainAddress } from '../../values/index.ts';
import type { AccessLog } from '../access-log/index.ts';
import type { OwnSockets, SocketLoop, WheelTimer } from '../io/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';
import { type EndpointPool, hashText, type UpstreamPools } from '../upstream/index.ts';
import { type DatagramHandle, type DatagramHandles, type DatagramSource, handlesOf } from './datagram-handle.ts';
import { DatagramSender, FULL, type WaitingDatagrams } from './datagram-sender.ts';
import { loggedSession } from './logged-session.ts';
import { openSocket } from './open-socket.ts';
import type { SessionBudget, SessionHolder } from './session-budget.ts';
import { SessionTable } from './session-table.ts';
import { UdpMetrics } from './udp-metrics.ts';
import { UdpRule } from './udp-rule.ts';
import { type SessionOwner, UdpSession } from './udp-session.ts';

/** While draining, endpoints have this long to answer what they were sent. */
const ANSWER_GRACE_MS = 1_000;

/** What all UDP bindings of one worker share. */
export interface UdpEnvironment {
  readonly loop: SocketLoop;
  readonly clock: Clock;
  readonly upstreams: Pick<UpstreamPools, 'cluster'>;
  readonly ownSockets: OwnSockets;
  readonly metrics: WorkerMetrics;
  readonly random: Random;
  readonly budget: SessionBudget;
  readonly waiting: WaitingDatagrams;
  /** Other workers or processes listen on the port. */
  readonly reusePort: boolean;
  /** null: off. */
  readonly accessLog: AccessLog | null;
}

/** What there is while the binding listens. */
interface Listening {
  readonly socket: Socket;
  readonly handle: DatagramHandle;
  readonly handles: DatagramHandles;
  readonly sender: DatagramSender;
}

export class UdpServer implements SessionOwner, SessionHolder, WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly sessions: SessionTable = new SessionTable();
  binding: Binding;
  readonly #environment: UdpEnvironment;
  readonly #metrics: UdpMetrics;
  #rule: UdpRule | null = null;
  #listening: Listening | null = null;
  /** Sessions whose last datagram has no answer yet. */
  #awaiting = 0;
  #draining: { readonly onEnd: () => void; readonly deadline: Timer } | null = null;

  constructor(binding: Binding, environment: UdpEnvironment) {
    this.binding = binding;
    this.#environment = environment;
    this.#metrics = new UdpMetrics(environment.metrics, binding.id);
    this.#rule = this.#compile(binding);
    environment.budget.join(this);
  }

  get load(): { readonly connections: number; readonly requests: number } {
    return { connections: this.sessions.size, requests: 0 };
  }

  get ownSockets(): OwnSockets {
    return this.#environment.ownSockets;
  }

  get isListening(): boolean {
    return this.#listening !== null;
  }

  /** The port that is listened on (differs from the binding's when that is 0). */
  get port(): number {
    return this.#listening?.socket.address().port ?? 0;
  }

  /** Answers the reason when the port cannot be had; null: it listens. */
  listen(): Promise<BindFailure | null> {
    return openSocket(this.binding, this.#environment.reusePort, socket => this.#onListening(socket));
  }

  /** Sessions of backends that stay go on. */
  update(binding: Binding): void {
    if (binding === this.binding) return;
    const rule = this.#compile(binding);
    this.binding = binding;
    this.#rule = rule;
    for (const session of this.sessions.all()) if (rule?.has(session.cluster) !== true) this.#end(session, 'no_route');
    this.#watchIdle();
  }

  /** Datagrams come to Gateways only. */
  clientsMoved(): void {}

  /** Nobody asks a UDP port for its health. */
  announceLeaving(): void {}

  /** A datagram that comes before `drain` is taken: it is not known whose first it is. */
  async stopListening(): Promise<void> {}

  /** Nothing more is received once the endpoints have answered what they were sent, in a second at most; then `onEnd`. */
  drain(onEnd: () => void): void {
    const { clock } = this.#environment;
    this.#draining = { onEnd, deadline: clock.after(ANSWER_GRACE_MS, () => this.destroy()) };
    if (this.#awaiting === 0) this.destroy();
  }

  /** Ends everything at once. */
  destroy(): void {
    const draining = this.#draining;
    this.#draining = null;
    draining?.deadline.cancel();
    for (const session of this.sessions.all()) this.#end(session, session.awaitsAnswer ? 'drain_timeout' : null);
    this.#environment.loop.connectionTimers.disarm(this);
    this.#environment.budget.leave(this);
    this.#listening?.socket.close();
    this.#listening = null;
    draining?.onEnd();
  }

  /** The binding is gone, and so is what is counted for it. */
  releaseMetrics(): void {
    this.#metrics.release();
  }

  newHandle(): DatagramHandle {
    return (this.#listening as Listening).handles.newHandle();
  }

  sendUpstream(handle: DatagramHandle, datagram: Buffer): number {
    return (this.#listening as Listening).sender.send(handle, datagram);
  }

  onRefused({ cluster }: UdpSession, endpoint: EndpointPool): void {
    cluster.refused(endpoint, 'nobody listens at the port');
  }

  onAnswer(session: UdpSession, datagram: Buffer): void {
    const { loop } = this.#environment;
    const { sender, handle } = this.#listening as Listening;
    loop.refresh();
    session.lastMs = loop.nowMs;
    this.sessions.touch(session);
    if (session.sentDatagrams === 0 && session.endpoint !== null) session.cluster.answered(session.endpoint);
    const code = sender.sendTo(handle, datagram, session);
    if (code === 0) {
      session.sentDatagrams++;
      session.sentBytes += datagram.length;
      this.#metrics.sent(datagram.length);
    } else this.#metrics.dropped(code === FULL ? 'overload' : 'client_cancelled');
    if (session.awaitsAnswer) this.#answered(session);
  }

  evict(session: UdpSession): void {
    this.#end(session, 'overload');
  }

  /** The longest idle session may have been so for long enough. */
  onTimer(nowMs: number): void {
    const idleSinceMs = nowMs - this.#idleTimeoutMs;
    for (
      let oldest = this.sessions.oldest;
      oldest !== null && oldest.lastMs <= idleSinceMs;
      oldest = this.sessions.oldest
    )
      this.#end(oldest, null);
    this.#watchIdle();
  }

  get #idleTimeoutMs(): number {
    return this.#rule?.rule.idleTimeoutMs ?? 0;
  }

  #compile({ listeners }: Binding): UdpRule | null {
    const rule = ruleOf(listeners);
    return rule === null ? null : new UdpRule(rule, id => this.#environment.upstreams.cluster(id));
  }

  #onListening(socket: Socket): BindFailure | null {
    const handles = handlesOf(socket);
    if (handles === null) {
      socket.close();
      return bindFailure(undefined, 'this version of Node keeps its UDP sockets elsewhere: use one that is supported');
    }
    const { handle } = handles;
    handle.onmessage = (length, _, datagram, from) => this.#onDatagram(length, datagram, from);
    this.#listening = { socket, handle, handles, sender: new DatagramSender(handles, this.#environment.waiting) };
    return null;
  }

  #onDatagram(length: number, datagram: Buffer, from: DatagramSource): void {
    if (length < 0) return;
    this.#environment.loop.refresh();
    this.#metrics.received(length);
    const dropped = this.#dropReason(datagram, from);
    if (dropped !== null) this.#metrics.dropped(dropped);
  }

  /** Passes a datagram on; null, or why it is dropped. */
  #dropReason(datagram: Buffer, from: DatagramSource): string | null {
    const rule = this.#rule;
    if (rule === null) return 'no_route';
    const fault = rule.faultOf(this.#environment.random);
    if (fault !== null) return fault.reason;
    const session = this.sessions.find(from.address, from.port) ?? this.#begin(rule, from);
    if (typeof session === 'string') return session;
    session.isConfirmed ||= session.sentDatagrams > 0;
    session.lastMs = this.#environment.loop.nowMs;
    this.sessions.touch(session);
    const dropped = session.forward(datagram);
    if (dropped !== null) return dropped;
    session.receivedDatagrams++;
    session.receivedBytes += datagram.length;
    if (!session.awaitsAnswer) {
      session.awaitsAnswer = true;
      this.#awaiting++;
    }
    return null;
  }

  /** Or why there is none. */
  #begin(rule: UdpRule, from: DatagramSource): UdpSession | RequestFailureReason {
    const { loop, random, budget, ownSockets } = this.#environment;
    const { nowMs } = loop;
    const cluster = rule.clusterFor(random);
    if (cluster === undefined) return 'no_endpoint';
    if (ownSockets.comesRound({ address: plainAddress(from.address), port: from.port })) return 'request_loop';
    if (!budget.take(this, { address: from.address, nowMs })) return 'overload';
    const hash = cluster.hashKey === null ? 0 : hashText(plainAddress(from.address));
    const session = new UdpSession(from, { rule: rule.rule, cluster, hash, nowMs }, this);
    this.sessions.add(session);
    this.#metrics.sessionBegun();
    if (this.sessions.size === 1) this.#watchIdle();
    return session;
  }

  #end(session: UdpSession, reason: RequestFailureReason | null): void {
    this.sessions.remove(session);
    session.end();
    this.#environment.budget.release();
    this.#metrics.sessionEnded();
    const { accessLog } = this.#environment;
    const [listener] = this.binding.listeners;
    if (accessLog !== null && listener !== undefined) accessLog.recordStream(loggedSession(session, listener, reason));
    if (session.awaitsAnswer) this.#answered(session);
  }

  #answered(session: UdpSession): void {
    session.awaitsAnswer = false;
    this.#awaiting--;
    if (this.#awaiting === 0 && this.#draining !== null) this.destroy();
  }

  /** Looks again when the longest idle session will have been so for long enough. */
  #watchIdle(): void {
    const oldest = this.sessions.oldest;
    const { connectionTimers } = this.#environment.loop;
    if (oldest === null) connectionTimers.disarm(this);
    else connectionTimers.arm(this, oldest.lastMs + this.#idleTimeoutMs);
  }
}

/** null: no route is attached. */
function ruleOf(listeners: readonly Listener[]): StreamRule | null {
  const [listener] = listeners;
  return listener?.kind === 'udp' ? listener.rule : null;
}
