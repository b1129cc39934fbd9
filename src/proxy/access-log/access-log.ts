// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../../time/index.ts';
import { fieldOf, type HeaderList, targetOf, type VolatileFields } from '../../wire/index.ts';
import type { Face, Outcome } from '../faces/index.ts';

/** A batch is handed over when it is this long, or after `FLUSH_INTERVAL_MS`. */
const BATCH_LENGTH = 65_536;
const FLUSH_INTERVAL_MS = 100;
/** Of values that clients choose. */
const MAX_VALUE_LENGTH = 512;
const UNUSUAL = /[^\x20-\x7e]/;
const UNUSUAL_ALL = /[^\x20-\x7e]/g;

/** Every field of a line, in order, and what it means. The documentation is made of it. */
export const ACCESS_LOG_FIELDS = {
  time: 'when the request ended, RFC 3339 in UTC',
  client: "the client's IP address; behind a proxy that the Gateway trusts, the one that it says",
  gateway: '`namespace/name`; empty: no listener took the request',
  listener: '`namespace/gateway/listener`; empty as above',
  authority: 'as the client sent it, at most 512 characters, like every value that a client chooses',
  protocol: 'HTTP and its version, as the client speaks it (that of 1.0 is 1.1)',
  method: 'HTTP method',
  path: '`/package.Service/Method`, or any other path with its query, as the client sent it',
  route: '`namespace/name` of the route; null: no rule took the request',
  rule: "the rule's name, else its index; null as above",
  endpoint: '`address:port` of the last try; null: none was reached',
  attempts: 'tries at endpoints; 0: none was made, or waited for',
  waited_ms: 'of that, how long it waited for connections to endpoints; 0: there was one',
  grpc_status: 'what the call ended with, as metrics spell it; null: the request is not gRPC',
  http_status: 'what the client was told; 0: nothing before the end',
  duration_ms: 'from the request head to the end of the response',
  bytes_received: "bytes of the request's body, as far as they came",
  bytes_sent: "bytes of the response's body that were handed to the client's connection",
  request_id: '`x-request-id`: the one that came, else the one that was made',
  user_agent: '`user-agent`',
  reason:
    'why no endpoint answered to the end, see [errors.md](errors.md#requests-that-an-endpoint-did-not-answer); null: one did',
} as const;

/** A finished exchange, as far as its line tells. */
export interface LoggedExchange {
  readonly clientAddress: string;
  readonly owner: {
    readonly version: string;
    readonly serving: { readonly loop: { readonly nowMs: number } };
  };
  readonly decision: {
    readonly head: HeaderList;
    readonly gateway: string;
    readonly listener: string;
    readonly face: Pick<Face, 'statusName'>;
    readonly rule: { readonly route: string; readonly ruleName: string } | null;
  } | null;
  readonly attempts: {
    readonly count: number;
    readonly waitedMs: number;
    readonly current: { readonly endpoint: { readonly key: string } | null } | null;
  };
  /** As received; the others as an endpoint got them. */
  readonly fields: VolatileFields;
  readonly outgoingFields: VolatileFields;
  readonly outcome: Outcome;
  readonly startedMs: number;
  readonly request: { readonly bytes: number };
  readonly response: { readonly bytes: number };
}

/** Collects lines and hands them over in batches, each line ended by a newline. */
export class AccessLog {
  readonly #write: (lines: string) => void;
  #batch = '';
  readonly #clock: Clock;
  #timer: Timer | undefined;

  constructor(write: (lines: string) => void, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  readonly newRequestId = (): string => randomUUID();

  /** Adds the line of a finished exchange. */
  record(exchange: LoggedExchange): void {
    this.#batch += `${plain(JSON.stringify(lineOf(exchange, this.#clock.wallMs())))}\n`;
    if (this.#batch.length >= BATCH_LENGTH) this.flush();
    else this.#timer ??= this.#clock.after(FLUSH_INTERVAL_MS, () => this.flush());
  }

  /** Hands over what is there. Call before the worker ends. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const lines = this.#batch;
    this.#batch = '';
    if (lines !== '') this.#write(lines);
  }
}

function lineOf(exchange: LoggedExchange, wallMs: number): Readonly<Record<keyof typeof ACCESS_LOG_FIELDS, unknown>> {
  const { decision, owner, outcome } = exchange;
  const head = decision?.head;
  const field = (name: string): string | null => clipped(head?.get(name) ?? fieldOf(exchange.outgoingFields, name));
  return {
    time: new Date(wallMs).toISOString(),
    client: exchange.clientAddress,
    gateway: decision?.gateway ?? '',
    listener: decision?.listener ?? '',
    authority: field(':authority'),
    protocol: owner.version,
    method: field(':method'),
    path: clipped(head === undefined ? undefined : targetOf(head, exchange.fields)),
    route: decision?.rule?.route ?? null,
    rule: decision?.rule?.ruleName ?? null,
    endpoint: exchange.attempts.current?.endpoint?.key ?? null,
    attempts: exchange.attempts.count,
    waited_ms: exchange.attempts.waitedMs,
    grpc_status: decision?.face.statusName(outcome) ?? null,
    http_status: outcome.http,
    duration_ms: Math.round((owner.serving.loop.nowMs - exchange.startedMs) * 100) / 100,
    bytes_received: exchange.request.bytes,
    bytes_sent: exchange.response.bytes,
    request_id: field('x-request-id'),
    user_agent: field('user-agent'),
    reason: outcome.reason === '' ? null : outcome.reason,
  };
}

/** What is not plain ASCII is written as JSON escapes: clients choose values, and a log is looked at in terminals. */
function plain(json: string): string {
  if (!UNUSUAL.test(json)) return json;
  return json.replace(UNUSUAL_ALL, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function clipped(value: string | undefined): string | null {
  if (value === undefined) return null;
  return value.length > MAX_VALUE_LENGTH ? value.slice(0, MAX_VALUE_LENGTH) : value;
}
