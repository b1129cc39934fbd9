// SPDX-License-Identifier: Apache-2.0

/** Timeouts and retries of a rule that contradict each other. */
import type { Finding } from '../../errors/index.ts';
import type { Rule } from '../../snapshot/index.ts';
import { findingOf } from '../report.ts';
import { BACKEND_REQUEST_TIMEOUT } from '../resolve/annotations/backend-request-timeout.ts';
import { RETRY } from '../resolve/annotations/retry.ts';
import type { RequestRoute } from '../route-kinds.ts';

type Path = readonly (string | number)[];

/** `rules`: what came of those that are usable. Those of a GRPCRoute have their timing from annotations of the route. */
export function lintTiming(route: RequestRoute, rules: readonly Rule[]): readonly Finding[] {
  switch (route.kind) {
    case 'GRPCRoute': {
      const annotation = (name: string): Path => ['metadata', 'annotations', name];
      const paths = { backend: annotation(BACKEND_REQUEST_TIMEOUT.name), retry: annotation(RETRY.name) };
      return rules.slice(0, 1).flatMap(rule => timingFindings(route, rule, paths));
    }
    case 'HTTPRoute':
      return rules.flatMap(rule => {
        const at: Path = ['spec', 'rules', rule.origin.ruleIndex];
        const paths = { backend: [...at, 'timeouts', 'backendRequest'], retry: [...at, 'retry', 'backoff'] };
        return timingFindings(route, rule, paths);
      });
  }
}

function timingFindings(
  route: RequestRoute,
  { requestTimeoutMs, backendTimeoutMs, retry }: Rule,
  paths: { readonly backend: Path; readonly retry: Path },
): readonly Finding[] {
  if (requestTimeoutMs === null) return [];
  const findings: Finding[] = [];
  if (backendTimeoutMs !== null && backendTimeoutMs >= requestTimeoutMs) {
    findings.push(
      findingOf('lint/timeout-never-fires', route, {
        path: paths.backend,
        message: `The timeout of a try (${backendTimeoutMs} ms) never fires: that of the whole request (${requestTimeoutMs} ms) is over first`,
        help: 'Give a try less time than the request, or leave it out',
      }),
    );
  }
  if (retry !== null && retry.backoffMs >= requestTimeoutMs) {
    findings.push(
      findingOf('lint/retry-never-happens', route, {
        path: paths.retry,
        message: `No request is tried again: the pause before a further try (${retry.backoffMs} ms) is as long as the whole request may take (${requestTimeoutMs} ms)`,
        help: 'Shorten the backoff, or allow the request more time',
      }),
    );
  }
  return findings;
}
