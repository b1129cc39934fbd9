// SPDX-License-Identifier: Apache-2.0

/**
 * One client's connection whose bytes are passed on as they come, and the connection to the endpoint that gets them.
 *
 *     connecting ──endpoint takes it──► open ──both directions over, idle, a side lost, cut──► closed
 *         └──────────────── no route, no endpoint, no room: reset ────────────────────────────────▲
 *
 * Before its endpoint is there, one read of the client is kept: so a client that is gone is noticed, and its dial ends. A side that is lost is told to the
 * other by a reset, so that nobody takes half of a stream for the whole. Until its endpoint is there, and once one direction is over, the stream may be
 * asked to make room for others.
 */
import type { Socket } from 'node:net';
import { ownerName, type StreamRule } from '../../snapshot/index.ts';
import { plainAddress } from '../../values/index.ts';
import {
  type ClientEnds,
  clientAddressOf,
  clientEndsOf,
  type IdleConnection,
  type IdleEntry,
  type MemoryHolder,
  type SocketLoop,
  type WheelTimer,
} from '../io/index.ts';
import { routeName, ruleName } from '../metrics/index.ts';
import {
  type ClusterPool,
  type EndpointPool,
  hashText,
  type OpenFailure,
  StreamDial,
  type StreamDialOwner,
} from '../upstream/index.ts';
import type { OpenStream, StreamServer, StreamStart } from './stream-server.ts';
import { StreamSide, type StreamSideOwner } from './stream-side.ts';

export class StreamConnection
  implements StreamSideOwner, StreamDialOwner, WheelTimer, MemoryHolder, IdleConnection, OpenStream
{
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  idleNext: IdleEntry | null = null;
  idlePrevious: IdleEntry | null = null;
  idleSinceMs = 0;
  heldBytes = 0;
  readonly start: StreamStart;
  readonly #server: StreamServer;
  readonly #rule: StreamRule | null;
  readonly #client: StreamSide;
  readonly peerAddress: string;
  readonly #ends: ClientEnds | null;
  readonly #startedMs: number;
  #dial: StreamDial | null = null;
  #target: StreamSide | null = null;
  #endpoint: EndpointPool | null = null;
  #first: Buffer | null;
  #received = 0;
  #sent = 0;
  #lastMs: number;
  /** When it must end because its listener is gone; Infinity: it need not. */
  #leaveMs = Number.POSITIVE_INFINITY;
  #waitedMs = 0;
  #isTunnel = false;
  /** Among `OwnSockets`; 0: it is not. */
  #ownPort = 0;
  #isOver = false;

  /** `client` is paused, and nothing listens to it. `rule` null: no route takes it. */
  constructor(client: Socket, rule: StreamRule | null, start: StreamStart, server: StreamServer) {
    this.start = start;
    this.#server = server;
    this.#rule = rule;
    this.#first = start.first;
    this.peerAddress = clientAddressOf(client);
    this.#ends = clientEndsOf(client);
    this.#startedMs = server.serving.loop.nowMs;
    this.#lastMs = this.#startedMs;
    this.#client = new StreamSide(client, this);
    server.streamMetrics.begun();
    server.serving.memory.join(this);
  }

  get loop(): SocketLoop {
    return this.#server.serving.loop;
  }

  /** Chooses a backend and connects. Once, when the owner knows the stream. */
  begin(): void {
    const cluster = this.#chooseCluster();
    if (typeof cluster === 'string') {
      this.#end(cluster);
      return;
    }
    const { clock, loop } = this.#server.serving;
    const hash = cluster.hashKey === null ? 0 : hashText(this.peerAddress);
    const stream = { client: this.#ends, alpn: this.start.alpn };
    this.#dial = new StreamDial(cluster, this, { hash, stream, clock, loop });
    this.#dial.begin();
    // Kept until there is an endpoint, which may take its time.
    if (this.#first !== null) this.onHeld(this.#first.length);
    if (this.#isOver) return;
    this.#client.listen();
    this.#server.budget.idle(this);
  }

  /** Whom the stream goes to, by the weights of its rule; else why to nobody. */
  #chooseCluster(): ClusterPool | string {
    const { serving, choices, budget } = this.#server;
    if (this.#rule === null) return 'no_route';
    if (this.#ends !== null && serving.ownSockets.comesRound(this.#ends.source)) return 'request_loop';
    const target = choices.pick(this.#rule, serving.random);
    if (target.kind === 'fault') return target.fault.reason;
    const cluster = serving.upstreams.cluster(target.cluster);
    if (cluster === undefined) return 'no_endpoint';
    if (!budget.takeTunnel(this.#server.sharerOf(this.peerAddress))) return 'overload';
    this.#isTunnel = true;
    return cluster;
  }

  onDialled(socket: Socket, endpoint: EndpointPool): void {
    const { loop } = this.#server.serving;
    if (!this.#client.hasEnded) this.#server.budget.busy(this);
    this.#endpoint = endpoint;
    this.#waitedMs = loop.nowMs - this.#startedMs;
    this.#lastMs = loop.nowMs;
    const target = new StreamSide(socket, this);
    this.#target = target;
    const first = this.#first;
    this.#first = null;
    if (first !== null) {
      this.onHeld(-first.length);
      this.#count(first.length, 'received');
      target.write(first, first.length, false);
    }
    target.start(this.#client);
    this.#client.start(target);
    this.#watch();
  }

  onDialling({ localAddress, localPort }: Socket): void {
    if (this.#ends === null || localAddress === undefined || localPort === undefined) return;
    const { ownSockets } = this.#server.serving;
    if (this.#ownPort !== 0) ownSockets.closed(this.#ownPort);
    this.#ownPort = localPort;
    ownSockets.opened({ address: plainAddress(localAddress), port: localPort }, this.#ends.source);
  }

  onDialFailed(failure: OpenFailure, message: string): void {
    const { debug } = this.#server.serving;
    if (debug.isOn) debug.say('stream without endpoint', { client: this.peerAddress, failure, message });
    this.#end(failure);
  }

  onBytes(from: StreamSide, bytes: number): void {
    const { loop } = this.#server.serving;
    loop.refresh();
    this.#lastMs = loop.nowMs;
    if (this.idleNext !== null) this.#server.budget.idle(this);
    this.#count(bytes, from === this.#client ? 'received' : 'sent');
  }

  onHeld(change: number): void {
    if (this.#isOver) return;
    this.heldBytes += change;
    this.#server.serving.memory.add(change);
  }

  remeasure(): void {}

  /** The worker is short of memory, and one side of this stream does not read. */
  shed(): void {
    this.#end('buffer_limit');
  }

  onSideEnded(): void {
    if (!this.#isOver) this.#server.budget.idle(this);
  }

  /** Another connection needs its place, and it waits for its endpoint or is half over. */
  makeRoom(): void {
    this.#end('overload');
  }

  onSideClosed(side: StreamSide, error: Error | null): void {
    this.#server.serving.loop.refresh();
    if (this.#isOver) return;
    const isLost = error !== null || !side.hasEnded;
    if (isLost) this.#end(side === this.#client ? 'client_cancelled' : 'upstream_reset');
    else if (this.#target === null || (this.#client.isClosed && this.#target.isClosed)) this.#end(null);
  }

  leave(withinMs: number): void {
    this.#leaveMs = Math.min(this.#leaveMs, this.#server.serving.loop.nowMs + withinMs);
    if (this.#target !== null) this.#watch();
  }

  cut(): void {
    this.#end('drain_timeout');
  }

  onTimer(nowMs: number): void {
    if (nowMs >= this.#leaveMs) this.#end('drain_timeout');
    else if (nowMs - this.#lastMs >= this.#idleTimeoutMs) this.#end('stream_idle');
    else this.#watch();
  }

  get #idleTimeoutMs(): number {
    return this.#rule?.idleTimeoutMs ?? 0;
  }

  #watch(): void {
    const { connectionTimers } = this.#server.serving.loop;
    connectionTimers.arm(this, Math.min(this.#lastMs + this.#idleTimeoutMs, this.#leaveMs));
  }

  #count(bytes: number, direction: 'received' | 'sent'): void {
    const { values, read, written } = this.#server.traffic;
    const slot = direction === 'received' ? read : written;
    values[slot] = (values[slot] as number) + bytes;
    if (direction === 'received') this.#received += bytes;
    else this.#sent += bytes;
  }

  /** `reason` null: both directions were over. */
  #end(reason: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { serving, budget, streamMetrics } = this.#server;
    serving.loop.connectionTimers.disarm(this);
    budget.busy(this);
    if (this.#ownPort !== 0) serving.ownSockets.closed(this.#ownPort);
    if (this.#target !== null) this.#target.reset();
    else if (this.#dial !== null) {
      this.#waitedMs = serving.loop.nowMs - this.#startedMs;
      this.#dial.cancel();
    }
    this.#client.reset();
    if (this.#endpoint !== null) this.#dial?.cluster.streamEnded(this.#endpoint, null);
    if (this.#isTunnel) budget.tunnelEnded(this.#server.sharerOf(this.peerAddress));
    this.#first = null;
    serving.memory.leave(this);
    serving.memory.add(-this.heldBytes);
    this.heldBytes = 0;
    streamMetrics.ended(serving.loop.nowMs - this.#startedMs, reason);
    this.#log(reason);
    this.#server.streamEnded(this);
  }

  #log(reason: string | null): void {
    const { accessLog, loop } = this.#server.serving;
    if (accessLog === null) return;
    const { listener, serverName } = this.start;
    const rule = this.#rule;
    accessLog.recordStream({
      clientAddress: this.peerAddress,
      clientNamespace: this.#server.namespaceOf(this.peerAddress),
      gateway: ownerName(listener),
      listener: listener.id,
      serverName,
      protocol: listener.kind,
      rule: rule === null ? null : { route: routeName(rule), ruleName: ruleName(rule) },
      endpoint: this.#dial?.endpoint ?? null,
      attempts: this.#dial?.attempts ?? 0,
      waitedMs: this.#waitedMs,
      durationMs: loop.nowMs - this.#startedMs,
      bytesReceived: this.#received,
      bytesSent: this.#sent,
      reason,
    });
  }
}
