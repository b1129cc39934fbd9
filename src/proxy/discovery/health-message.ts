// SPDX-License-Identifier: Apache-2.0

/**
 * The two messages of `grpc.health.v1.Health/Check`, by hand: one field each.
 *
 *     message HealthCheckRequest  { string service = 1; }
 *     message HealthCheckResponse { ServingStatus status = 1; }   // 0 UNKNOWN, 1 SERVING, 2 NOT_SERVING, 3 SERVICE_UNKNOWN
 */
export type ServingStatus = 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

const STATUSES: readonly ServingStatus[] = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
/** gRPC's message prefix: a compression flag and a length. */
const PREFIX_BYTES = 5;
const SERVICE_TAG = 0x0a;
const STATUS_TAG = 0x08;

/** The request as one gRPC message, prefix included. */
export function encodeHealthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const body = name.length === 0 ? name : Buffer.concat([Buffer.from([SERVICE_TAG, ...varint(name.length)]), name]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

/** The status in one gRPC message, prefix included; undefined when it is not a whole, plain HealthCheckResponse. */
export function decodeHealthResponse(message: Buffer): ServingStatus | undefined {
  if (message.length < PREFIX_BYTES || message[0] !== 0) return undefined;
  if (message.readUInt32BE(1) !== message.length - PREFIX_BYTES) return undefined;
  let status = 0;
  let at = PREFIX_BYTES;
  while (at < message.length) {
    const field = readField(message, at);
    if (field === undefined) return undefined;
    if (field.tag === STATUS_TAG) status = field.value;
    at = field.end;
  }
  return STATUSES[status] ?? 'UNKNOWN';
}

interface Field {
  readonly tag: number;
  /** Of a varint field; else 0. */
  readonly value: number;
  readonly end: number;
}

/** Unknown fields are skipped, as protobuf asks for. */
function readField(message: Buffer, start: number): Field | undefined {
  const tag = readVarint(message, start);
  if (tag === undefined) return undefined;
  const wireType = tag.value & 7;
  if (wireType === 1 || wireType === 5) return fieldEnding(message, tag.value, tag.end + (wireType === 1 ? 8 : 4));
  const value = readVarint(message, tag.end);
  if (value === undefined) return undefined;
  if (wireType === 0) return { tag: tag.value, value: value.value, end: value.end };
  return wireType === 2 ? fieldEnding(message, tag.value, value.end + value.value) : undefined;
}

function fieldEnding(message: Buffer, tag: number, end: number): Field | undefined {
  return end <= message.length ? { tag, value: 0, end } : undefined;
}

function readVarint(message: Buffer, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 10; i += 1) {
    const byte = message[start + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  return undefined;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}
