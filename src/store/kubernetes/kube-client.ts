// SPDX-License-Identifier: Apache-2.0

import { DaemunError } from '../../errors/index.ts';
import { isObject, mappingOf } from '../plain-object.ts';

/** One request to an API server. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root of the API: `/apis/gateway.networking.k8s.io/v1/httproutes`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the body. Default `application/json`; for PATCH `application/merge-patch+json`. */
  readonly contentType?: string;
  /** Default `application/json`. */
  readonly accept?: string;
  /** Ends the request: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** An answer, whatever its status: callers decide what 404 or 409 means to them. */
export interface KubeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body; a `Status` object in most failures, undefined when it is empty or not JSON. */
  readonly json: unknown;
  /** The body as it came, for what is not JSON. */
  readonly bytes?: Uint8Array;
}

/** A line of a watch. */
export interface KubeWatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  /** The object; of an ERROR a `Status`. */
  readonly object: Readonly<Record<string, unknown>>;
}

/** A GET that goes on: `query` has `watch: 'true'` and the like. */
export interface KubeWatch extends Pick<KubeRequest, 'path' | 'query' | 'accept'> {
  readonly signal: AbortSignal;
  /** Called when the server has begun it. */
  readonly onOpen?: () => void;
  /** Called after each piece of the answer, when its events were handed over. */
  readonly onPiece?: (stream: WatchStream, bytes: number) => void;
}

/** Where a watch comes from. Between `pause` and `resume` nothing is read: what the server says waits with the kernel. */
export interface WatchStream {
  pause(): unknown;
  resume(): unknown;
}

/** Speaks to one API server, with the credentials of a kubeconfig or of a Pod. */
export interface KubeClient {
  /** The server's URL, for people. */
  readonly server: string;
  /** Resolves with any answer; rejects with `KubeUnreachable` when there is none, and with `kubernetes/credentials` when there is no proof. */
  request(request: KubeRequest): Promise<KubeResponse>;
  /**
   * Hands over events as they come. Resolves when the server ends the watch, or `signal` does; rejects with `KubeRefusal` when it
   * refuses to begin it, and with `KubeUnreachable` when the connection is lost. A `KubeRefusal` that `onEvent` throws ends the watch and is
   * what it rejects with.
   */
  watch(watch: KubeWatch, onEvent: (event: KubeWatchEvent) => void): Promise<void>;
  /** Ends all connections. */
  close(): void;
}

/** No answer came: no connection, a lost one, or an answer that is no HTTP. */
export class KubeUnreachable extends DaemunError {
  override readonly name = 'KubeUnreachable';
}

/** The API server said no. */
export class KubeRefusal extends DaemunError {
  override readonly name = 'KubeRefusal';
  readonly status: number;
  /** Of the `Status` that was the answer; null: that was something else. */
  readonly reason: string | null;
  /** Of `Retry-After`; null: it did not say. */
  readonly retryAfterMs: number | null;

  constructor(response: KubeResponse, what: string) {
    super('kubernetes/refused', `${what}: ${response.status} ${statusMessage(response.json)}`);
    this.status = response.status;
    this.reason = statusText(response.json, 'reason') || null;
    this.retryAfterMs = retryAfterMs(response);
  }
}

/** How long the server asks us to wait; null when it does not say. */
export function retryAfterMs({ headers }: Pick<KubeResponse, 'headers'>): number | null {
  const written = headers['retry-after'];
  const seconds = typeof written === 'string' && /^\d{1,6}$/.test(written) ? Number(written) : null;
  return seconds === null ? null : seconds * 1_000;
}

/**
 * Whether an API server says that an object of a kind that every server has is not there. It says so in JSON: a proxy that knows no way to it
 * answers 404 as well.
 */
export function isNotThere({ status, json }: Pick<KubeResponse, 'status' | 'json'>): boolean {
  return status === 404 && isObject(json);
}

/** What a `Status` object says; '' for anything else. */
export function statusMessage(json: unknown): string {
  return statusText(json, 'message');
}

function statusText(json: unknown, field: 'message' | 'reason'): string {
  const text = mappingOf(json)[field];
  return typeof text === 'string' ? text : '';
}
