// SPDX-License-Identifier: Apache-2.0

import type { GrpcMatch } from '../../snapshot/index.ts';

/**
 * The precedence of GRPCRoute's matches within a hostname (GRPCRouteRule.matches), best first:
 *
 * > Precedence MUST be given to the rule with the largest number of: … Characters in a matching service. Characters in a
 * > matching method. Header matches.
 *
 * Where regular expressions stand is left to us: after every exact method, longer patterns first.
 */
export function compareGrpcMatches(a: GrpcMatch, b: GrpcMatch): number {
  return (
    methodRank(a) - methodRank(b) ||
    serviceLength(b) - serviceLength(a) ||
    methodLength(b) - methodLength(a) ||
    b.headers.length - a.headers.length
  );
}

/** 0: exact method, 1: regular expression, 2: none. */
function methodRank({ method }: GrpcMatch): number {
  if (method === null) return 2;
  return method.kind === 'exact' ? 0 : 1;
}

function serviceLength({ method }: GrpcMatch): number {
  return method?.service?.length ?? 0;
}

function methodLength({ method }: GrpcMatch): number {
  return method?.method?.length ?? 0;
}

/** The method half of a match as text: equal for equal ones. */
export function grpcTargetKey({ method }: GrpcMatch): string {
  return method === null ? '*' : `${method.kind} ${method.service ?? ''}/${method.method ?? ''}`;
}
