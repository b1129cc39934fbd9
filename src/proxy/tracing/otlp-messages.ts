// SPDX-License-Identifier: Apache-2.0

/** The messages around spans (opentelemetry/proto/collector/trace/v1/trace_service.proto), and what a collector answers. */
import type { Tracing } from '../../snapshot/index.ts';
import { ProtobufReader } from '../../wire/index.ts';
import { attributeField } from './span-fields.ts';

/** `Resource.attributes`, `ResourceSpans.resource`, `ExportTraceServiceRequest.resource_spans`, `ScopeSpans.scope`. */
const FIRST = 1;
/** `ResourceSpans.scope_spans`. */
const SCOPE_SPANS = 2;
/** `InstrumentationScope.name`. */
const SCOPE_NAME = Buffer.from('daemun');

/** What stands before the spans of a service in an `ExportTraceServiceRequest`. */
export class ExportEnvelope {
  readonly #resource: Buffer;
  readonly #scope: Buffer;

  constructor({ name, namespace }: Tracing['service']) {
    const attributes = [
      attributeField('service.name', name, FIRST),
      ...(namespace === '' ? [] : [attributeField('service.namespace', namespace, FIRST)]),
    ];
    this.#resource = nested(FIRST, Buffer.concat(attributes));
    this.#scope = nested(FIRST, nested(FIRST, SCOPE_NAME));
  }

  /** The message of `spans`, which are fields of `ScopeSpans`, in parts. */
  enclose(spans: Buffer): readonly Buffer[] {
    const scopeBytes = this.#scope.length + spans.length;
    const scopeSpans = prefix(SCOPE_SPANS, scopeBytes);
    const resourceSpans = prefix(FIRST, this.#resource.length + scopeSpans.length + scopeBytes);
    return [resourceSpans, this.#resource, scopeSpans, this.#scope, spans];
  }
}

/** What a collector says of spans that it took the call for. */
export interface PartialSuccess {
  readonly rejected: number;
  /** '': it says nothing. */
  readonly message: string;
}

/** Reads an `ExportTraceServiceResponse`. What cannot be read says nothing. */
export function readPartialSuccess(response: Buffer): PartialSuccess {
  const partial = nestedIn(response, 1);
  const reader = new ProtobufReader(partial);
  let rejected = 0;
  let message = '';
  while (reader.next() === 'field') {
    if (reader.field === 1) rejected = reader.number;
    if (reader.field === 2) message = reader.bytes.toString();
  }
  return { rejected, message };
}

const RETRY_INFO = 'google.rpc.RetryInfo';

/** How long a server asks to be left alone (`google.rpc.RetryInfo` of `grpc-status-details-bin`), in milliseconds; null: it does not say. */
export function readRetryDelay(details: string): number | null {
  const status = new ProtobufReader(Buffer.from(details, 'base64'));
  while (status.next() === 'field') {
    if (status.field !== 3 || !nestedIn(status.bytes, 1).toString().endsWith(RETRY_INFO)) continue;
    const delay = new ProtobufReader(nestedIn(nestedIn(status.bytes, 2), 1));
    let ms = 0;
    while (delay.next() === 'field') ms += delay.field === 1 ? delay.number * 1_000 : delay.number / 1_000_000;
    return ms;
  }
  return null;
}

/** The last field of this number that holds bytes. */
function nestedIn(message: Buffer, field: number): Buffer {
  const reader = new ProtobufReader(message);
  let found: Buffer = NOTHING;
  while (reader.next() === 'field') if (reader.field === field) found = reader.bytes;
  return found;
}

function nested(field: number, content: Buffer): Buffer {
  return Buffer.concat([prefix(field, content.length), content]);
}

/** The tag and the length of a field that holds bytes. */
function prefix(field: number, length: number): Buffer {
  const bytes = [(field << 3) | 2];
  let left = length;
  for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}

const NOTHING = Buffer.alloc(0);
