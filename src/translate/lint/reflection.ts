// SPDX-License-Identifier: Apache-2.0

import type { GrpcMethodMatch } from '../../snapshot/index.ts';

const REFLECTION_SERVICES: ReadonlySet<string> = new Set([
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
]);

/** True when `method` asks for server reflection by name. */
export function isReflection(method: GrpcMethodMatch | null): boolean {
  return method?.kind === 'exact' && method.service !== null && REFLECTION_SERVICES.has(method.service);
}

/** True when `method` takes server reflection, by name or since it takes any service; a pattern may take it. */
export function takesReflection(method: GrpcMethodMatch | null): boolean {
  return method === null || method.kind === 'regex' || method.service === null || isReflection(method);
}
