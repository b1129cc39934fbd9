// SPDX-License-Identifier: Apache-2.0

/** A gateway in this process between UDP backends and clients, all on loopback ports of their own. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  type Cluster,
  type Endpoint,
  endpointSet,
  type Fault,
  type Snapshot,
  type StreamRule,
} from '../../snapshot/index.ts';
import type { Clock } from '../../time/index.ts';
import { cluster, endpoint, TestGateway } from '../http/gateway.test-support.ts';
import type { SocketLoop } from '../io/index.ts';
import type { WorkerSettings } from '../workers/worker-runtime.ts';

/** A UDP socket on a port of its own that keeps what it gets. */
export class Peer {
  readonly socket: Socket;
  readonly received: { readonly text: string; readonly from: RemoteInfo }[] = [];
  /** Sent back for each datagram; null: nothing. */
  answer: ((text: string) => string) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('message', (datagram, from) => {
      const text = datagram.toString('latin1');
      this.received.push({ text, from });
      if (this.answer !== null) socket.send(Buffer.from(this.answer(text), 'latin1'), from.port, from.address);
    });
    // A client whose gateway is gone is told so.
    socket.on('error', () => {});
  }

  static async open(address = '127.0.0.1', port = 0): Promise<Peer> {
    const peer = new Peer(createSocket(address.includes(':') ? 'udp6' : 'udp4'));
    peer.socket.bind(port, address);
    await once(peer.socket, 'listening');
    return peer;
  }

  /** One that answers each datagram with `NAME:` and its text. */
  static async echo(name: string, address?: string): Promise<Peer> {
    const peer = await Peer.open(address);
    peer.answer = text => `${name}:${text}`;
    return peer;
  }

  get port(): number {
    return this.socket.address().port;
  }

  send(text: string, port: number, address = '127.0.0.1'): void {
    this.socket.send(Buffer.from(text, 'latin1'), port, address);
  }

  /** Sends, and resolves to the text of the next datagram that comes. */
  async ask(text: string, port: number, address?: string): Promise<string> {
    const answered = once(this.socket, 'message');
    this.send(text, port, address);
    const [datagram] = (await answered) as [Buffer];
    return datagram.toString('latin1');
  }

  /** Resolves when `count` datagrams have come. */
  async got(count: number): Promise<void> {
    while (this.received.length < count) await once(this.socket, 'message');
  }

  async close(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }
}

export interface UdpParts {
  /** Cluster id → ports of its endpoints. */
  readonly clusters: Readonly<Record<string, readonly number[]>>;
  /** Cluster id, or why its share is dropped → weight. null: no route is attached. */
  readonly weights?: Readonly<Record<string, number>> | null;
  readonly faults?: Readonly<Record<string, number>>;
  readonly rule?: Partial<StreamRule>;
  readonly cluster?: Partial<Cluster>;
  readonly address?: string;
  /** Default: any that is free. */
  readonly port?: number;
  readonly listeners?: 'none';
  /** Ports whose endpoints terminate. */
  readonly draining?: readonly number[];
}

/** A gateway with one UDP listener. `close` it. */
export class UdpGateway extends TestGateway {
  #version = 0;

  constructor(settings: Partial<WorkerSettings> = {}, loop?: SocketLoop, clock?: Clock) {
    super({ accessLog: true, ...settings }, loop, clock);
  }

  async serve(parts: UdpParts): Promise<void> {
    this.#version++;
    const failures = await this.runtime.apply(udpSnapshot(this.#version, parts));
    for (const failure of failures.values()) throw new Error(failure.message);
  }

  get sessions(): number {
    return this.metric('daemun_udp_sessions');
  }

  drops(reason: string): number {
    return this.metric('daemun_udp_dropped_datagrams_total', { reason });
  }
}

export function udpSnapshot(version: number, parts: UdpParts): Snapshot {
  const ids = Object.keys(parts.clusters).sort();
  const address = parts.address ?? '127.0.0.1';
  const gateway = { namespace: 'default', name: 'gw' };
  const listener = {
    kind: 'udp',
    id: 'default/gw/u',
    gateway,
    listenerSet: null,
    clients: null,
    name: 'u',
    hostname: '*',
    rule: ruleOf(parts, ids),
  } as const;
  const binding = {
    id: `${address}:0/udp`,
    address,
    port: parts.port ?? 0,
    admission: 'datagrams',
    frontend: null,
    proxyProtocolFrom: [],
    listeners: [listener],
  } as const;
  return {
    version,
    bindings: parts.listeners === 'none' ? [] : [binding],
    clusters: ids.map(id => cluster(id, { protocol: 'udp', ...parts.cluster })),
    endpoints: ids.map(id =>
      endpointSet(
        id,
        (parts.clusters[id] ?? []).map(port => endpointOf(port, parts)),
      ),
    ),
    certificates: [],
    trustBundles: [],
    clients: [],
  };
}

function endpointOf(port: number, { draining = [] }: UdpParts): Endpoint {
  return { ...endpoint(port), state: draining.includes(port) ? 'draining' : 'ready' };
}

function ruleOf({ weights, faults = {}, rule }: UdpParts, ids: readonly string[]): StreamRule | null {
  if (weights === null) return null;
  const shares = weights ?? Object.fromEntries(ids.map(id => [id, 1]));
  const backends = [
    ...Object.entries(shares).map(([id, weight]) => ({ weight, target: { kind: 'cluster', cluster: id } as const })),
    ...Object.entries(faults).map(([reason, weight]) => ({
      weight,
      target: { kind: 'fault', fault: { ...NO_BACKEND, reason } } as const,
    })),
  ];
  return {
    id: 'UDPRoute/default/r/0',
    origin: { kind: 'UDPRoute', namespace: 'default', name: 'r', ruleIndex: 0, ruleName: '' },
    fault: null,
    backends,
    totalWeight: backends.reduce((sum, { weight }) => sum + weight, 0),
    idleTimeoutMs: 60_000,
    alpn: [],
    ...rule,
  };
}

export const NO_BACKEND: Fault = { httpStatus: 500, grpcStatus: 14, message: 'no backend', reason: 'no_backend' };
