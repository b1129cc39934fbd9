// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../../time/index.ts';
import { parseTraceParent } from '../../values/index.ts';
import { fieldOf, type HeaderList, targetOf, type VolatileFields } from '../../wire/index.ts';
import type { Face, Outcome } from '../faces/index.ts';
import type { AccessLogLine } from './access-log-fields.ts';
import { type LoggedStream, streamLine } from './stream-line.ts';

/** A batch is handed over when it is this long, or after `FLUSH_INTERVAL_MS`. */
const BATCH_LENGTH = 65_536;
const FLUSH_INTERVAL_MS = 100;
/** Of values that clients choose. */
const MAX_VALUE_LENGTH = 512;
const UNUSUAL = /[^\x20-\x7e]/;
const UNUSUAL_ALL = /[^\x20-\x7e]/g;

/** A finished exchange, as far as its line tells. */
export interface LoggedExchange {
  readonly clientAddress: string;
  readonly owner: {
    readonly version: string;
    readonly identity: { readonly subject: string } | null;
    readonly serving: { readonly loop: { readonly nowMs: number } };
  };
  readonly decision: {
    readonly head: HeaderList;
    readonly scope: { readonly clientNamespace: string | null };
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
  /** null: it is not traced, or passes on what came. */
  readonly trace: { readonly traceId: string } | null;
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
    this.#add(lineOf(exchange, this.#clock.wallMs()));
  }

  /** Adds the line of a connection, or of a client's datagrams, that no request was read of. */
  recordStream(stream: LoggedStream): void {
    this.#add(streamLine({ ...stream, serverName: clipped(stream.serverName ?? undefined) }, this.#clock.wallMs()));
  }

  #add(line: AccessLogLine): void {
    this.#batch += `${plain(JSON.stringify(line))}\n`;
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

function lineOf(exchange: LoggedExchange, wallMs: number): AccessLogLine {
  const { decision, owner, outcome } = exchange;
  const head = decision?.head;
  const field = (name: string): string | null => clipped(head?.get(name) ?? fieldOf(exchange.outgoingFields, name));
  return {
    time: new Date(wallMs).toISOString(),
    client: exchange.clientAddress,
    client_namespace: decision?.scope.clientNamespace ?? null,
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
    trace_id: exchange.trace?.traceId ?? traceIdIn(exchange.outgoingFields),
    user_agent: field('user-agent'),
    client_certificate: clipped(owner.identity?.subject),
    reason: outcome.reason === '' ? null : outcome.reason,
  };
}

function traceIdIn(fields: VolatileFields): string | null {
  const said = fieldOf(fields, 'traceparent');
  return said === undefined ? null : (parseTraceParent(said)?.traceId ?? null);
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
