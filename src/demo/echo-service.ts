// SPDX-License-Identifier: Apache-2.0

import { setTimeout as wait } from 'node:timers/promises';
import { GrpcError } from './grpc/grpc-error.ts';
import { type GrpcCall, type GrpcMethod, singleRequestMethod, typedMethod } from './grpc/grpc-method.ts';
import { type EchoRequest, EchoRequestSchema, EchoResponseSchema } from './proto/api/echo_pb.ts';

/** So that a request cannot keep a backend busy for ever. */
const MAX_REPEAT = 10_000;
const MAX_DELAY_MS = 60_000;

const types = { input: EchoRequestSchema, output: EchoResponseSchema };

/** `api.Echo` (proto/api/echo.proto): the four shapes of gRPC. */
export const echoMethods: readonly (readonly [string, GrpcMethod])[] = [
  [
    '/api.Echo/Echo',
    singleRequestMethod(types, async function* echo(request, call) {
      await obey(request, call);
      yield { content: request.content };
    }),
  ],
  [
    '/api.Echo/ServerStream',
    singleRequestMethod(types, async function* serverStream(request, call) {
      const times = Math.min(Math.max(request.repeat, 1), MAX_REPEAT);
      for (let i = 0; i < times; i++) {
        await obey(request, call);
        yield { content: request.content };
      }
    }),
  ],
  [
    '/api.Echo/ClientStream',
    typedMethod(types, async function* clientStream(requests, call) {
      const contents: string[] = [];
      for await (const request of requests) {
        await obey(request, call);
        contents.push(request.content);
      }
      yield { content: contents.join('') };
    }),
  ],
  [
    '/api.Echo/BidiStream',
    typedMethod(types, async function* bidiStream(requests, call) {
      for await (const request of requests) {
        await obey(request, call);
        yield { content: request.content };
      }
    }),
  ],
];

/** The delay and the status that a request asks for. */
async function obey(request: EchoRequest, call: GrpcCall): Promise<void> {
  if (request.delayMs > 0) await wait(Math.min(request.delayMs, MAX_DELAY_MS), undefined, { signal: call.signal });
  if (request.status > 0) throw new GrpcError(request.status, request.content);
}
