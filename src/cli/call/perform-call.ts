// SPDX-License-Identifier: Apache-2.0

import {
  type DescMethod,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import type { Client, ClientDuplexStream, Metadata, StatusObject } from '@grpc/grpc-js';
import { usageError } from '../exit-code.ts';

export interface CallRequest {
  readonly method: DescMethod;
  /** For messages inside `google.protobuf.Any`. */
  readonly registry: Registry;
  /** The request's messages, encoded. */
  readonly frames: readonly Buffer[];
  readonly metadata: Metadata;
  readonly deadline: Date | undefined;
}

/** What comes back, as it comes. */
export interface CallObserver {
  onHeaders(metadata: Metadata): void;
  onMessage(message: JsonValue): void;
  onTrailers(metadata: Metadata): void;
}

/** Encodes the request messages, none for an empty one where one is wanted: throws a usage error that names what does not fit the message type. */
export function encodeMessages(
  { method, registry }: Pick<CallRequest, 'method' | 'registry'>,
  written: readonly JsonValue[],
): readonly Buffer[] {
  const single = method.methodKind === 'unary' || method.methodKind === 'server_streaming';
  const messages = single && written.length === 0 ? [{}] : written;
  if (single && messages.length > 1)
    throw usageError(`${method.name} takes one request message, not ${messages.length}`);
  return messages.map(json => {
    try {
      return Buffer.from(toBinary(method.input, fromJson(method.input, json, { registry })));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw usageError(`the request is not a ${method.input.typeName}: ${reason}`);
    }
  });
}

/**
 * Makes one call, whatever its shape (unary is a stream of one). Resolves when the status is OK; rejects with the
 * ServiceError of grpc-js otherwise, after `onTrailers`.
 */
export function performCall(client: Client, request: CallRequest, observer: CallObserver): Promise<void> {
  const { method, registry, frames, metadata, deadline } = request;
  return new Promise((resolve, reject) => {
    const call: ClientDuplexStream<Buffer, Message> = client.makeBidiStreamRequest(
      `/${method.parent.typeName}/${method.name}`,
      (bytes: Buffer) => bytes,
      (bytes: Buffer): Message => fromBinary(method.output, bytes),
      metadata,
      deadline === undefined ? {} : { deadline },
    );
    let failure: Error | undefined;
    call.on('metadata', (headers: Metadata) => observer.onHeaders(headers));
    call.on('data', (message: Message) =>
      observer.onMessage(toJson(method.output, message, { registry, alwaysEmitImplicit: true })),
    );
    call.on('error', error => {
      failure = error;
    });
    call.on('status', (status: StatusObject) => {
      observer.onTrailers(status.metadata);
      if (status.code === 0) resolve();
      else setImmediate(() => reject(failure ?? new Error(status.details)));
    });
    for (const frame of frames) call.write(frame);
    call.end();
  });
}
