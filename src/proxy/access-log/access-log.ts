// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from 'node:crypto';
import { fieldOf, grpcStatusName, type HeaderList, type VolatileFields } from '../../wire/index.ts';

/** A batch is handed over when it is this long, or after `FLUSH_INTERVAL_MS`. */
const BATCH_LENGTH = 65_536;
const FLUSH_INTERVAL_MS = 100;
/** Of values that clients choose. */
const MAX_VALUE_LENGTH = 512;

/** A finished exchange, as far as its line tells. */
export interface LoggedExchange {
  readonly owner: { readonly clientAddress: string; readonly serving: { readonly loop: { readonly nowMs: number } } };
  readonly decision: {
    readonly head: HeaderList;
    readonly gateway: string;
    readonly listener: string;
    readonly isGrpc: boolean;
    readonly rule: { readonly route: string; readonly ruleName: string } | null;
  } | null;
  readonly attempt: { readonly endpoint: { readonly key: string } | null } | null;
  readonly outgoingFields: VolatileFields;
  readonly httpStatus: number;
  readonly grpcStatus: number;
  readonly startedMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly reason: string;
}

/** Collects lines and hands them over in batches, each line ended by a newline. */
export class AccessLog {
  readonly #write: (lines: string) => void;
  #batch = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (lines: string) => void) {
    this.#write = write;
  }

  readonly newRequestId = (): string => randomUUID();

  /** Adds the line of a finished exchange. */
  record(exchange: LoggedExchange): void {
    this.#batch += `${JSON.stringify(lineOf(exchange))}\n`;
    if (this.#batch.length >= BATCH_LENGTH) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_INTERVAL_MS).unref();
  }

  /** Hands over what is there. Call before the worker ends. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#batch;
    this.#batch = '';
    if (lines !== '') this.#write(lines);
  }
}

function lineOf(exchange: LoggedExchange): Readonly<Record<string, unknown>> {
  const { decision, owner } = exchange;
  const head = decision?.head;
  const field = (name: string): string | null => clipped(head?.get(name) ?? fieldOf(exchange.outgoingFields, name));
  return {
    time: new Date().toISOString(),
    client: owner.clientAddress,
    gateway: decision?.gateway ?? '',
    listener: decision?.listener ?? '',
    authority: field(':authority'),
    method: field(':method'),
    path: field(':path'),
    route: decision?.rule?.route ?? null,
    rule: decision?.rule?.ruleName ?? null,
    endpoint: exchange.attempt?.endpoint?.key ?? null,
    grpc_status: decision?.isGrpc === true ? grpcStatusName(exchange.grpcStatus) : null,
    http_status: exchange.httpStatus,
    duration_ms: Math.round((owner.serving.loop.nowMs - exchange.startedMs) * 100) / 100,
    bytes_received: exchange.requestBytes,
    bytes_sent: exchange.responseBytes,
    request_id: field('x-request-id'),
    user_agent: field('user-agent'),
    reason: exchange.reason === '' ? null : exchange.reason,
  };
}

function clipped(value: string | undefined): string | null {
  if (value === undefined) return null;
  return value.length > MAX_VALUE_LENGTH ? value.slice(0, MAX_VALUE_LENGTH) : value;
}
