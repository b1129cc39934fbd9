// SPDX-License-Identifier: Apache-2.0

/** Fields of OpenTelemetry's messages (opentelemetry/proto/trace/v1/trace.proto, common/v1/common.proto), encoded once and used often. */
import { ProtobufWriter } from '../../wire/index.ts';

/** `Span.attributes`. */
export const SPAN_ATTRIBUTES = 9;
/** `KeyValue.key` and `KeyValue.value`. */
const KEY = 1;
export const VALUE = 2;
/** `AnyValue.string_value`. */
export const STRING = 1;

/** The name of an attribute. */
export function keyField(name: string): Buffer {
  const writer = new ProtobufWriter(name.length + 8);
  writer.bytes(KEY, Buffer.from(name));
  return Buffer.from(writer.result());
}

/** A whole attribute of text, as the field `field` of what has attributes. */
export function attributeField(name: string, value: string, field: number = SPAN_ATTRIBUTES): Buffer {
  const writer = new ProtobufWriter(name.length + value.length + 16);
  writer.bytes(STRING, Buffer.from(value));
  writer.end(VALUE, 0);
  writer.raw(keyField(name));
  writer.end(field, 0);
  return Buffer.from(writer.result());
}
