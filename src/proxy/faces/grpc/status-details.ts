// SPDX-License-Identifier: Apache-2.0

/** `grpc-status-details-bin`: what a status says to programs, in the messages that google/rpc/error_details.proto has for it. */
import { FAILURE_DOMAIN } from '../../../errors/index.ts';
import { ProtobufWriter } from '../../../wire/index.ts';

/** Clients should wait this long before they try again. */
const RETRY_DELAY_SECONDS = 1;

/** A `google.rpc.Status` with one detail, as base64. `message`: that of `grpc-message`, which clients replace by it. */
export function statusDetails(code: number, message: string, detail: Buffer): string {
  const status = Buffer.concat([Buffer.from([0x08, code]), textField(2, message), bytesField(3, detail)]);
  return status.toString('base64').replace(/=+$/, '');
}

/** A `google.rpc.RetryInfo`, as `google.protobuf.Any`. */
export function retryInfo(): Buffer {
  return anyOf('RetryInfo', bytesField(1, Buffer.from([0x08, RETRY_DELAY_SECONDS])));
}

/** A `google.rpc.ErrorInfo` whose reason is one of `REQUEST_FAILURES`, as `google.protobuf.Any`. */
export function errorInfo(reason: string): Buffer {
  return anyOf('ErrorInfo', Buffer.concat([textField(1, reason), textField(2, FAILURE_DOMAIN)]));
}

function anyOf(name: string, value: Buffer): Buffer {
  return Buffer.concat([textField(1, `type.googleapis.com/google.rpc.${name}`), bytesField(2, value)]);
}

function textField(number: number, text: string): Buffer {
  return bytesField(number, Buffer.from(text));
}

function bytesField(number: number, bytes: Buffer): Buffer {
  const writer = new ProtobufWriter(bytes.length + 16);
  writer.bytes(number, bytes);
  return writer.result();
}
