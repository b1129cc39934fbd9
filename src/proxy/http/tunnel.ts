// SPDX-License-Identifier: Apache-2.0

import { FrameBoundary, WEBSOCKET } from '../../wire/index.ts';
import type { FaceCall } from '../faces/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';

/**
 * An upgrade: a request whose client wants to go on in another protocol (RFC 9110 §7.8, RFC 8441). Once it is granted it is bytes both
 * ways, each of which ends by itself, at the pace of the pipes that carry bodies otherwise.
 *
 *     asked ──101──► open ──both ways over, reset, idle, cut──► finished
 *       └──any other answer──► refused, and a request like any other
 *
 * The books of the request are closed with the 101, and so is its deadline: from then on this stands in their place.
 */
export class Tunnel implements FaceCall {
  state: 'asked' | 'open' | 'refused' = 'asked';
  /** It counts among the connections of the worker: until an endpoint grants it on a connection that others share. */
  isCounted = true;
  /** Both sides were told that we go away. */
  isLeaving = false;
  /** Where frames toward each side begin; null: it is no WebSocket. */
  readonly toEndpoint: FrameBoundary | null;
  readonly toClient: FrameBoundary | null;
  readonly #metrics: WorkerMetrics;

  constructor(protocol: string, metrics: WorkerMetrics) {
    const isWebSocket = protocol === WEBSOCKET;
    this.toEndpoint = isWebSocket ? new FrameBoundary() : null;
    this.toClient = isWebSocket ? new FrameBoundary() : null;
    this.#metrics = metrics;
  }

  takenBy(): void {}

  onRequestData(chunk: Buffer, start: number, end: number): void {
    if (this.toEndpoint !== null) this.toEndpoint.pass(chunk, start, end);
  }

  onResponse(): void {}

  onResponseData(chunk: Buffer, start: number, end: number): void {
    if (this.toClient !== null) this.toClient.pass(chunk, start, end);
  }

  close(): void {
    this.#metrics.add('daemun_downstream_tunnels', {}, -1);
  }
}
