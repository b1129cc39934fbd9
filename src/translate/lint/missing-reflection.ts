// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import { infoFinding } from '../report.ts';
import type { TranslatedRoute } from '../rules/grpc-route.ts';
import { isReflection } from './reflection.ts';

/** Gateways with gRPC routes none of which takes server reflection: grpcurl needs its `-proto` there. */
export function lintMissingReflection(
  gateways: readonly AcceptedGateway[],
  routes: ReadonlyMap<string, TranslatedRoute>,
): readonly Finding[] {
  const serving = new Set<string>();
  const reflecting = new Set<string>();
  for (const { attachments, entries } of routes.values()) {
    if (attachments.length === 0 || entries.length === 0) continue;
    const reflects = entries.some(({ entry }) => takesReflection(entry.match.method));
    for (const { listener } of attachments) {
      const gateway = listener.id.slice(0, listener.id.lastIndexOf('/'));
      serving.add(gateway);
      if (reflects) reflecting.add(gateway);
    }
  }
  return gateways
    .filter(({ key }) => serving.has(key) && !reflecting.has(key))
    .map(({ gateway }) =>
      infoFinding('lint/no-reflection', gateway, {
        message: 'No route takes grpc.reflection.v1.ServerReflection, so grpcurl needs -proto or -protoset here',
        help: 'For development add a rule with method: {service: grpc.reflection.v1.ServerReflection}',
      }),
    );
}

/** A match for any service takes reflection too; a pattern may. */
function takesReflection(method: Parameters<typeof isReflection>[0]): boolean {
  return method === null || method.kind === 'regex' || method.service === null || isReflection(method);
}
