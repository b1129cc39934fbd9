// SPDX-License-Identifier: Apache-2.0

import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { GRPC_CODE, GrpcError } from './grpc-error.ts';

/** What a method may know about its call. */
export interface GrpcCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  /** Aborted when the client cancels or is gone. */
  readonly signal: AbortSignal;
}

/** A method of any shape: messages in, messages out. It throws `GrpcError` to end the call with a status. */
export type GrpcMethod = (requests: AsyncIterable<Uint8Array>, call: GrpcCall) => AsyncIterable<Uint8Array>;

/** Methods by path (`/package.Service/Method`). */
export type GrpcMethods = ReadonlyMap<string, GrpcMethod>;

/** The two message types of a method. */
export interface MethodTypes<In extends DescMessage, Out extends DescMessage> {
  readonly input: In;
  readonly output: Out;
}

/** A method over decoded messages. Throws INVALID_ARGUMENT into the call when a request does not decode. */
export function typedMethod<In extends DescMessage, Out extends DescMessage>(
  types: MethodTypes<In, Out>,
  body: (requests: AsyncIterable<MessageShape<In>>, call: GrpcCall) => AsyncIterable<MessageInitShape<Out>>,
): GrpcMethod {
  return async function* method(requests, call) {
    for await (const answer of body(decodeAll(types.input, requests), call)) {
      yield toBinary(types.output, create(types.output, answer));
    }
  };
}

/** A method with exactly one request message; it runs once the client has said all, as gRPC servers do. */
export function singleRequestMethod<In extends DescMessage, Out extends DescMessage>(
  types: MethodTypes<In, Out>,
  body: (request: MessageShape<In>, call: GrpcCall) => AsyncIterable<MessageInitShape<Out>>,
): GrpcMethod {
  return typedMethod(types, async function* single(requests, call) {
    let request: MessageShape<In> | undefined;
    for await (const message of requests) {
      if (request !== undefined) throw new GrpcError(GRPC_CODE.unimplemented, 'this method takes one request message');
      request = message;
    }
    if (request === undefined) throw new GrpcError(GRPC_CODE.internal, 'the call ended without a request message');
    yield* body(request, call);
  });
}

async function* decodeAll<In extends DescMessage>(
  input: In,
  requests: AsyncIterable<Uint8Array>,
): AsyncGenerator<MessageShape<In>> {
  for await (const bytes of requests) yield decode(input, bytes);
}

function decode<In extends DescMessage>(input: In, bytes: Uint8Array): MessageShape<In> {
  try {
    return fromBinary(input, bytes);
  } catch (error) {
    throw new GrpcError(GRPC_CODE.invalidArgument, `the request is not a ${input.typeName}`, { cause: error });
  }
}
