// SPDX-License-Identifier: Apache-2.0

/** Findings beyond the specification about the rules of one route of streams. */
import type { Finding } from '../../errors/index.ts';
import { findingOf } from '../report.ts';
import type { StreamRoute } from '../route-kinds.ts';
import { faintWeights } from './faint-weights.ts';

export function lintStreams(route: StreamRoute): readonly Finding[] {
  const [rule] = route.spec.rules;
  const path = ['spec', 'rules', 0];
  return [
    ...unreachableRules(route),
    ...(rule === undefined ? [] : faintWeights(route, rule.backendRefs, path)),
    ...(rule?.backendRefs.every(({ weight }) => weight === 0) === true ? [withoutWeight(route, path)] : []),
  ];
}

/** v1alpha2 lets routes have several rules, and none of them has a match. */
function unreachableRules(route: StreamRoute): readonly Finding[] {
  return route.spec.rules.slice(1).map((_, index) =>
    findingOf('lint/unreachable-rule', route, {
      path: ['spec', 'rules', index + 1],
      message: `Nothing gets here: rules of a ${route.kind} have no matches, so rules[0] takes everything`,
      help: 'Keep one rule, and share out its traffic by the weights of its backendRefs',
    }),
  );
}

function withoutWeight(route: StreamRoute, path: readonly (string | number)[]): Finding {
  const fate = route.kind === 'UDPRoute' ? 'every datagram is dropped' : 'every connection is closed';
  return findingOf('lint/weights-zero', route, {
    path: [...path, 'backendRefs'],
    message: `The weights add up to 0, so ${fate}`,
    help: 'Give at least one backend a weight above 0',
  });
}
