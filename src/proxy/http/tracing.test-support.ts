// SPDX-License-Identifier: Apache-2.0

/** Collectors of spans, for tests: OTLP by gRPC and by HTTP, read by another implementation of Protocol Buffers than ours. */
import { EventEmitter, on } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { listening } from './external-auth.test-support.ts';

/** What OpenTelemetry's public definitions say on the wire, as far as it is used here. */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  package otlp;
  message ArrayValue { repeated AnyValue values = 1; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; } }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message Scope { string name = 1; string version = 2; }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message Status { string message = 2; int32 code = 3; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; repeated Event events = 11;
    Status status = 15; fixed32 flags = 16;
  }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message ExportRequest { repeated ResourceSpans resource_spans = 1; }
  message PartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
  message ExportResponse { PartialSuccess partial_success = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Any { string type_url = 1; bytes value = 2; }
  message RpcStatus { int32 code = 1; string message = 2; repeated Any details = 3; }
`,
  { keepCase: true },
);
const ExportRequest = root.lookupType('otlp.ExportRequest');
const ExportResponse = root.lookupType('otlp.ExportResponse');
const RetryInfo = root.lookupType('otlp.RetryInfo');
const RpcStatus = root.lookupType('otlp.RpcStatus');

type Value = string | number | readonly string[];
export type Attributes = Readonly<Record<string, Value>>;

/** A span as it is compared: ids in hex, times in microseconds since the epoch. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly flags: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly atUs: number; readonly attributes: Attributes }[];
  readonly status: { readonly code: number; readonly message: string };
}

/** One export. */
export interface ReceivedExport {
  readonly resource: Attributes;
  readonly scope: string;
  readonly spans: readonly ReceivedSpan[];
  /** What the call carried. */
  readonly headers: Readonly<Record<string, unknown>>;
}

interface RawValue {
  readonly string_value?: string;
  readonly int_value?: string;
  readonly array_value?: { readonly values: readonly RawValue[] };
}
type RawAttributes = readonly { readonly key: string; readonly value: RawValue }[];
interface RawSpan {
  readonly trace_id: Buffer;
  readonly span_id: Buffer;
  readonly parent_span_id: Buffer;
  readonly trace_state: string;
  readonly name: string;
  readonly kind: number;
  readonly flags: number;
  readonly start_time_unix_nano: string;
  readonly end_time_unix_nano: string;
  readonly attributes: RawAttributes;
  readonly events: readonly {
    readonly name: string;
    readonly time_unix_nano: string;
    readonly attributes: RawAttributes;
  }[];
  readonly status: { readonly code: number; readonly message: string } | null;
}

function readValue({ string_value, int_value, array_value }: RawValue): Value {
  if (array_value != null) return array_value.values.map(item => String(readValue(item)));
  return string_value ?? Number(int_value);
}

function attributesOf(raw: RawAttributes): Attributes {
  const named = raw.map(({ key, value }) => [key, readValue(value)] as const);
  if (new Set(named.map(([key]) => key)).size < named.length)
    throw new Error(`an attribute twice: ${JSON.stringify(named)}`);
  return Object.fromEntries(named);
}

function micros(nanos: string): number {
  return Number(BigInt(nanos) / 1_000n);
}

function spanOf(raw: RawSpan): ReceivedSpan {
  return {
    traceId: raw.trace_id.toString('hex'),
    spanId: raw.span_id.toString('hex'),
    parentSpanId: raw.parent_span_id.toString('hex'),
    traceState: raw.trace_state,
    name: raw.name,
    kind: raw.kind,
    flags: raw.flags,
    startUs: micros(raw.start_time_unix_nano),
    endUs: micros(raw.end_time_unix_nano),
    attributes: attributesOf(raw.attributes),
    events: raw.events.map(({ name, time_unix_nano, attributes }) => ({
      name,
      atUs: micros(time_unix_nano),
      attributes: attributesOf(attributes),
    })),
    status: { code: raw.status?.code ?? 0, message: raw.status?.message ?? '' },
  };
}

/** Reads what one export carries: it has the spans of one service. */
function decodeExport(bytes: Uint8Array, headers: ReceivedExport['headers']): ReceivedExport {
  const options = { longs: String, bytes: Buffer, arrays: true, defaults: true, oneofs: false };
  const { resource_spans } = ExportRequest.toObject(ExportRequest.decode(bytes), { ...options, defaults: true }) as {
    resource_spans: {
      resource: { attributes: RawAttributes };
      scope_spans: { scope: { name: string }; spans: RawSpan[] }[];
    }[];
  };
  const [service, ...otherServices] = resource_spans;
  const [scope, ...otherScopes] = service?.scope_spans ?? [];
  if (service === undefined || scope === undefined || otherServices.length + otherScopes.length > 0)
    throw new Error('one service and one scope are expected');
  const spans = scope.spans.map(spanOf);
  return { resource: attributesOf(service.resource.attributes), scope: scope.scope.name, spans, headers };
}

/** How a collector answers an export. `silent`: never. `lost`, of HTTP: its connection is reset instead. */
export type CollectorAnswer =
  | { readonly kind: 'ok'; readonly rejected?: number; readonly message?: string }
  | { readonly kind: 'status'; readonly code: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'lost' };

/** A collector. Takes everything, unless it is told what to answer next. */
export class TestCollector {
  readonly port: number;
  /** Answers of the next exports, in order. */
  readonly answers: CollectorAnswer[] = [];
  readonly exports: ReceivedExport[] = [];
  readonly #events: EventEmitter;
  readonly #close: () => void;

  constructor(port: number, events: EventEmitter, close: () => void) {
    this.port = port;
    this.#events = events;
    this.#close = close;
  }

  get spans(): readonly ReceivedSpan[] {
    return this.exports.flatMap(({ spans }) => spans);
  }

  /** Resolves when `count` exports have come in all. */
  async exported(count: number): Promise<readonly ReceivedExport[]> {
    if (this.exports.length >= count) return this.exports;
    for await (const _ of on(this.#events, 'export')) if (this.exports.length >= count) break;
    return this.exports;
  }

  receive(received: ReceivedExport): CollectorAnswer {
    this.exports.push(received);
    this.#events.emit('export');
    return this.answers.shift() ?? { kind: 'ok' };
  }

  close(): void {
    this.#close();
  }

  /** OTLP by gRPC. `port`: that of a collector that was there before. */
  static async grpc(port = 0): Promise<TestCollector> {
    const server = new Server();
    const events = new EventEmitter();
    const method = {
      path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    };
    let collector: TestCollector | undefined;
    server.addService({ Export: method } as never, {
      Export(call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) {
        const answer = collector?.receive(decodeExport(call.request, call.metadata.getMap()));
        if (answer !== undefined) answerCall(answer, done);
      },
    });
    const bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
        error === null ? resolve(at) : reject(error),
      );
    });
    collector = new TestCollector(bound, events, () => server.forceShutdown());
    return collector;
  }

  /** OTLP by HTTP. */
  static async http(): Promise<TestCollector> {
    const events = new EventEmitter();
    let collector: TestCollector | undefined;
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', part => parts.push(part));
      request.on('end', () => {
        const isTraces = request.method === 'POST' && request.url === '/v1/traces';
        if (!isTraces) response.writeHead(404).end();
        else
          answerHttp(
            collector?.receive(decodeExport(Buffer.concat(parts), request.headers as IncomingHttpHeaders)),
            response,
          );
      });
    });
    const { port, close } = await listening(server);
    collector = new TestCollector(port, events, close);
    return collector;
  }
}

function encodeResponse({ rejected = 0, message = '' }: Extract<CollectorAnswer, { kind: 'ok' }>): Buffer {
  const isWhole = rejected === 0 && message === '';
  const said = isWhole ? {} : { partial_success: { rejected_spans: rejected, error_message: message } };
  return Buffer.from(ExportResponse.encode(ExportResponse.fromObject(said)).finish());
}

function answerCall(answer: CollectorAnswer, done: sendUnaryData<Buffer>): void {
  if (answer.kind === 'silent' || answer.kind === 'lost') return;
  if (answer.kind === 'ok') {
    done(null, encodeResponse(answer));
    return;
  }
  const { code, retryAfterSeconds } = answer;
  const metadata = new Metadata();
  if (retryAfterSeconds !== undefined) {
    const value = RetryInfo.encode(RetryInfo.fromObject({ retry_delay: { seconds: retryAfterSeconds } })).finish();
    const details = [{ type_url: 'type.googleapis.com/google.rpc.RetryInfo', value }];
    metadata.set(
      'grpc-status-details-bin',
      Buffer.from(RpcStatus.encode(RpcStatus.fromObject({ code, details })).finish()),
    );
  }
  done({ code, details: 'not now', metadata }, null);
}

function answerHttp(answer: CollectorAnswer | undefined, response: ServerResponse): void {
  if (answer === undefined || answer.kind === 'silent') return;
  if (answer.kind === 'lost') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (answer.kind === 'ok') {
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(encodeResponse(answer));
    return;
  }
  const { code, retryAfterSeconds } = answer;
  response.writeHead(code, retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }).end();
}
