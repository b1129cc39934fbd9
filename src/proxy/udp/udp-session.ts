// SPDX-License-Identifier: Apache-2.0

/**
 * What one client address sends to one binding, and the endpoint that gets it. An endpoint is chosen at the first datagram,
 * and anew when it refuses datagrams (ICMP) or leaves its cluster; answers come back on a socket of the session's own, by which they are known.
 *
 *     no endpoint ──datagram──► endpoint ──refused, gone──► no endpoint
 *          └──────────── idle, evicted, its rule is gone ────► ended
 */
import { constants } from 'node:os';
import type { RequestFailureReason } from '../../errors/index.ts';
import type { StreamRule } from '../../snapshot/index.ts';
import { plainAddress } from '../../values/index.ts';
import type { IdleEntry, OwnSockets } from '../io/index.ts';
import type { ClusterPool, EndpointPool } from '../upstream/index.ts';
import type { DatagramHandle, DatagramSource } from './datagram-handle.ts';
import { FULL } from './datagram-sender.ts';

const REFUSED = -constants.errno.ECONNREFUSED;

/** The binding, as its sessions see it. */
export interface SessionOwner {
  readonly ownSockets: OwnSockets;
  newHandle(): DatagramHandle;
  /** As `DatagramSender.send`. */
  sendUpstream(handle: DatagramHandle, datagram: Buffer): number;
  /** An endpoint answered. */
  onAnswer(session: UdpSession, datagram: Buffer): void;
  /** The endpoint said that nobody listens there. */
  onRefused(session: UdpSession, endpoint: EndpointPool): void;
}

/** What was chosen for a client at its first datagram. */
export interface SessionRoute {
  readonly rule: StreamRule;
  readonly cluster: ClusterPool;
  /** As that of a request. */
  readonly hash: number;
  readonly nowMs: number;
}

export class UdpSession implements IdleEntry {
  idleNext: IdleEntry | null = null;
  idlePrevious: IdleEntry | null = null;
  readonly address: string;
  readonly port: number;
  readonly rule: StreamRule;
  readonly cluster: ClusterPool;
  readonly startedMs: number;
  /** When a datagram passed last, in either direction. */
  lastMs: number;
  /** The client has sent something after an answer: its address is not spoofed. */
  isConfirmed = false;
  /** The client's last datagram has no answer yet. */
  awaitsAnswer = false;
  receivedDatagrams = 0;
  receivedBytes = 0;
  sentDatagrams = 0;
  sentBytes = 0;
  /** Endpoints that were chosen, one after the other. */
  attempts = 0;
  /** The one that gets the datagrams, or got the last one. */
  endpoint: EndpointPool | null = null;
  readonly #owner: SessionOwner;
  readonly #hash: number;
  #handle: DatagramHandle | null = null;
  /** Of the handle, among `OwnSockets`. */
  #ownPort = 0;
  /** Endpoints that are not tried next: the one that refused. */
  #avoided: readonly string[] = NONE;

  constructor(from: DatagramSource, route: SessionRoute, owner: SessionOwner) {
    this.address = from.address;
    this.port = from.port;
    this.rule = route.rule;
    this.cluster = route.cluster;
    this.#hash = route.hash;
    this.startedMs = route.nowMs;
    this.lastMs = route.nowMs;
    this.#owner = owner;
  }

  /** Sends a datagram to the endpoint; null, or why it was dropped. */
  forward(datagram: Buffer): RequestFailureReason | null {
    if (this.endpoint?.isRetired === true) this.#leave('ok');
    let code = this.#send(datagram);
    // The error is an earlier datagram's; this one was not sent.
    if (code === REFUSED) {
      this.#refused();
      code = this.#send(datagram);
    }
    if (code === 0) return null;
    if (code === null) return 'no_endpoint';
    return code === FULL ? 'overload' : 'connect_failure';
  }

  /** Closes the socket. Answers that come now are lost. */
  end(): void {
    this.#leave('ok');
  }

  /** As `sendUpstream`; null: there is no endpoint. */
  #send(datagram: Buffer): number | null {
    const handle = this.#handle ?? this.#connect();
    return handle === null ? null : this.#owner.sendUpstream(handle, datagram);
  }

  #connect(): DatagramHandle | null {
    const endpoint = this.cluster.take(this.#hash, this.#avoided);
    if (endpoint === undefined) return null;
    this.attempts++;
    const handle = this.#owner.newHandle();
    handle.onmessage = (length, _, datagram) => this.#onMessage(handle, length, datagram);
    const { address, port } = endpoint;
    const code = address.includes(':') ? handle.connect6(address, port) : handle.connect(address, port);
    if (code < 0 || handle.recvStart() < 0) {
      handle.close();
      this.cluster.done(endpoint, 'failed');
      return null;
    }
    this.endpoint = endpoint;
    this.#handle = handle;
    this.#joinOwn(handle);
    return handle;
  }

  #joinOwn(handle: DatagramHandle): void {
    const own: { address?: string; port?: number } = {};
    handle.getsockname(own);
    const { address = '', port = 0 } = own;
    const peer = { address: plainAddress(this.address), port: this.port };
    this.#owner.ownSockets.opened({ address: plainAddress(address), port }, peer);
    this.#ownPort = port;
  }

  #onMessage(handle: DatagramHandle, length: number, datagram: Buffer): void {
    if (handle !== this.#handle) return;
    if (length >= 0) this.#owner.onAnswer(this, datagram);
    else if (length === REFUSED) this.#refused();
  }

  #refused(): void {
    const { endpoint } = this;
    if (endpoint === null) return;
    this.#leave('failed');
    this.#avoided = [endpoint.key];
    this.#owner.onRefused(this, endpoint);
  }

  #leave(outcome: 'ok' | 'failed'): void {
    const handle = this.#handle;
    if (handle === null || this.endpoint === null) return;
    this.#handle = null;
    this.#owner.ownSockets.closed(this.#ownPort);
    handle.close();
    this.cluster.done(this.endpoint, outcome);
  }
}

const NONE: readonly string[] = [];
