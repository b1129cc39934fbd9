// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { type GrpcMethod, singleRequestMethod } from './grpc/grpc-method.ts';
import {
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from './proto/grpc/health/v1/health_pb.ts';

const types = { input: HealthCheckRequestSchema, output: HealthCheckResponseSchema };
const serving = { status: HealthCheckResponse_ServingStatus.SERVING };

/** `grpc.health.v1.Health`: SERVING for any service name, as a demo backend answers any service. */
export const healthMethods: readonly (readonly [string, GrpcMethod])[] = [
  [
    '/grpc.health.v1.Health/Check',
    singleRequestMethod(types, async function* check() {
      yield serving;
    }),
  ],
  [
    '/grpc.health.v1.Health/Watch',
    singleRequestMethod(types, async function* watch(_request, call) {
      yield serving; // and nothing more: it serves until it is gone
      if (!call.signal.aborted) await once(call.signal, 'abort');
    }),
  ],
];
