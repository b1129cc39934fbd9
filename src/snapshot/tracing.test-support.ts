// SPDX-License-Identifier: Apache-2.0

import type { Tracing } from './tracing.ts';

/** Every request is traced; a gRPC collector. */
export function sampleTracing(changes: Partial<Tracing> = {}): Tracing {
  return {
    collector: { kind: 'grpc', cluster: 'collector', authority: 'collector.default.svc', headers: [] },
    newTraces: { numerator: 1, denominator: 1 },
    recordedTraces: { numerator: 1, denominator: 1 },
    service: { name: 'gateway', namespace: 'default' },
    spanName: null,
    attributes: [],
    ...changes,
  };
}
