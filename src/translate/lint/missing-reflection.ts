// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import { findingOf } from '../report.ts';
import type { RouteLints } from './routes.ts';

/** Gateways with gRPC routes none of which takes server reflection: grpcurl needs its `-proto` there. */
export function lintMissingReflection(
  gateways: readonly AcceptedGateway[],
  { serving, reflecting }: RouteLints,
): readonly Finding[] {
  return gateways
    .filter(({ key }) => serving.has(key) && !reflecting.has(key))
    .map(({ gateway }) =>
      findingOf('lint/no-reflection', gateway, {
        message: 'No route takes grpc.reflection.v1.ServerReflection, so grpcurl needs -proto or -protoset here',
        help: 'For development add a rule with method: {service: grpc.reflection.v1.ServerReflection}',
      }),
    );
}
