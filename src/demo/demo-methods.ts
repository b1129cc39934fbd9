// SPDX-License-Identifier: Apache-2.0

import type { DescFile } from '@bufbuild/protobuf';
import { echoMethods } from './echo-service.ts';
import type { GrpcMethod, GrpcMethods } from './grpc/grpc-method.ts';
import { healthMethods } from './health-service.ts';
import { file_api_echo } from './proto/api/echo_pb.ts';
import { file_api_reverse } from './proto/api/reverse_pb.ts';
import { file_grpc_health_v1_health } from './proto/grpc/health/v1/health_pb.ts';
import { file_grpc_reflection_v1_reflection } from './proto/grpc/reflection/v1/reflection_pb.ts';
import { file_grpc_reflection_v1alpha_reflection } from './proto/grpc/reflection/v1alpha/reflection_pb.ts';
import { reflectionMethods } from './reflection-service.ts';
import { reverseMethods } from './reverse-service.ts';

const files: readonly DescFile[] = [
  file_api_echo,
  file_api_reverse,
  file_grpc_health_v1_health,
  file_grpc_reflection_v1_reflection,
  file_grpc_reflection_v1alpha_reflection,
];

/** Every method that a demo backend answers for real. */
export const demoMethods: GrpcMethods = new Map([
  ...echoMethods,
  ...reverseMethods,
  ...healthMethods,
  ...reflectionMethods(files),
]);

/**
 * Any other method: one empty message, which decodes as any protobuf message with no field set, once the client has
 * said all. The shape of the method is not known, and one message at the end is right for unary and client streaming.
 */
export const emptyAnswer: GrpcMethod = async function* emptyAnswer(requests) {
  for await (const _message of requests) {
    // read to the end
  }
  yield new Uint8Array(0);
};
