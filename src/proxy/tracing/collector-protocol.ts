// SPDX-License-Identifier: Apache-2.0

import type { Collector } from '../../snapshot/index.ts';
import { GrpcStatus } from '../../values/index.ts';
import {
  decodeGrpcMessage,
  fieldOf,
  grpcStatusName,
  type HeaderList,
  type HeaderListPool,
  parseGrpcStatus,
} from '../../wire/index.ts';
import type { WholeAnswer, WholeRequest } from '../upstream/index.ts';
import { readPartialSuccess, readRetryDelay } from './otlp-messages.ts';

/** How spans are handed to a collector: OTLP by gRPC, or by HTTP. */
export interface CollectorProtocol {
  /** The request that carries a message, which is in parts. */
  ask(message: readonly Buffer[]): WholeRequest;
  judge(reply: WholeAnswer): ExportVerdict;
}

/** What became of a batch. `why`, `message`: for people. */
export type ExportVerdict =
  | { readonly kind: 'taken'; readonly rejected: number; readonly message: string }
  /** The same may be taken another time. `afterMs`: when, by the collector's word; null: it does not say. */
  | { readonly kind: 'later'; readonly afterMs: number | null; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

const PREFIX_BYTES = 5;
const METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const PATH = '/v1/traces';

/** Statuses after which the same request may be taken (OTLP specification, "OTLP/gRPC Response"). */
const RETRYABLE: ReadonlySet<number> = new Set([
  GrpcStatus.CANCELLED,
  GrpcStatus.DEADLINE_EXCEEDED,
  GrpcStatus.ABORTED,
  GrpcStatus.OUT_OF_RANGE,
  GrpcStatus.UNAVAILABLE,
  GrpcStatus.DATA_LOSS,
]);
/** The same of HTTP ("Retryable Response Codes"). */
const RETRYABLE_HTTP: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export function protocolOf(collector: Collector, lists: HeaderListPool): CollectorProtocol {
  switch (collector.kind) {
    case 'grpc':
      return new GrpcCollector(collector, lists);
    case 'http':
      return new HttpCollector(collector, lists);
  }
}

class GrpcCollector implements CollectorProtocol {
  readonly #head: HeaderList;

  constructor(collector: Collector, lists: HeaderListPool) {
    this.#head = headFor(collector, lists, {
      path: METHOD,
      fields: [
        ['content-type', 'application/grpc'],
        ['te', 'trailers'],
      ],
    });
  }

  ask(message: readonly Buffer[]): WholeRequest {
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(
      message.reduce((sum, part) => sum + part.length, 0),
      1,
    );
    return { head: this.#head, fields: null, body: Buffer.concat([prefix, ...message]) };
  }

  judge({ head, fields, body, trailers, trailerFields }: WholeAnswer): ExportVerdict {
    const http = Number(head.get(':status'));
    if (http !== 200) return judgeHttp(http, null);
    const end = trailers ?? head;
    const endFields = trailers === null ? fields : trailerFields;
    const status = parseGrpcStatus(end.get('grpc-status'));
    if (status === 0) return { kind: 'taken', ...readPartialSuccess(body.subarray(PREFIX_BYTES)) };
    const details = fieldOf(endFields, 'grpc-status-details-bin') ?? end.get('grpc-status-details-bin');
    const afterMs = details === undefined ? null : readRetryDelay(details);
    const said = fieldOf(endFields, 'grpc-message') ?? end.get('grpc-message') ?? '';
    const name = status === undefined ? 'no status' : grpcStatusName(status);
    const why = said === '' ? name : `${name}: ${decodeGrpcMessage(said)}`;
    // A collector that is full says when it will not be; else it takes no more at all.
    const mayRetry = status !== undefined && (RETRYABLE.has(status) || isOver(status, afterMs));
    return mayRetry ? { kind: 'later', afterMs, why } : { kind: 'refused', why };
  }
}

function isOver(status: number, afterMs: number | null): boolean {
  return status === GrpcStatus.RESOURCE_EXHAUSTED && afterMs !== null;
}

class HttpCollector implements CollectorProtocol {
  readonly #head: HeaderList;

  constructor(collector: Collector, lists: HeaderListPool) {
    this.#head = headFor(collector, lists, { path: PATH, fields: [['content-type', 'application/x-protobuf']] });
  }

  ask(message: readonly Buffer[]): WholeRequest {
    const body = Buffer.concat(message);
    return { head: this.#head, fields: ['content-length', String(body.length)], body };
  }

  judge({ head, fields, body }: WholeAnswer): ExportVerdict {
    const http = Number(head.get(':status'));
    if (http === 200) return { kind: 'taken', ...readPartialSuccess(body) };
    return judgeHttp(http, head.get('retry-after') ?? fieldOf(fields, 'retry-after') ?? null);
  }
}

function judgeHttp(status: number, retryAfter: string | null): ExportVerdict {
  const why = `HTTP ${status}`;
  if (!RETRYABLE_HTTP.has(status)) return { kind: 'refused', why };
  const seconds = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
  return { kind: 'later', afterMs: seconds === null ? null : seconds * 1_000, why };
}

interface ExportHead {
  readonly path: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** What the operator says stands last: it cannot replace what a call is. */
function headFor({ authority, headers }: Collector, lists: HeaderListPool, { path, fields }: ExportHead): HeaderList {
  const own = new Map([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', authority],
    ...fields,
  ]);
  for (const { name, value } of headers) if (!own.has(name) && !NOT_THEIRS.has(name)) own.set(name, value);
  const sensitive = headers.map(({ name }) => name);
  return lists.intern([...own.keys()], [...own.values()], sensitive.length === 0 ? null : sensitive);
}

/** Of the connection and of the message's length, and the host, which has a field of its own. */
const NOT_THEIRS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
