// SPDX-License-Identifier: Apache-2.0

import type { RequestMatch } from '../../snapshot/index.ts';

const REFLECTION_SERVICES: ReadonlySet<string> = new Set([
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
]);

/** True when `match` asks for server reflection by name. */
export function isReflection(match: RequestMatch): boolean {
  const method = match.kind === 'grpc' ? match.method : null;
  return method?.kind === 'exact' && method.service !== null && REFLECTION_SERVICES.has(method.service);
}

/** True when `match` takes server reflection, by name or since it takes any service; a pattern may take it. */
export function takesReflection(match: RequestMatch): boolean {
  if (match.kind !== 'grpc') return false;
  const { method } = match;
  return method === null || method.kind === 'regex' || method.service === null || isReflection(match);
}
