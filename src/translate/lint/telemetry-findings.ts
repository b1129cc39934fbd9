// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { compareStrings } from '../../values/index.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import type { JudgedTelemetry, TelemetryPolicies } from '../policies/telemetry-policies.ts';

/** What there is to say of XTelemetryPolicies, sorted by name; of those for Gateways of other controllers nothing. */
export function telemetryFindings(
  { policies }: TelemetryPolicies,
  { gateways }: { readonly gateways: ReadonlyMap<string, AcceptedGateway> },
): readonly Finding[] {
  return [...policies].sort((a, b) => compareStrings(a.key, b.key)).flatMap(judged => findingsOf(judged, gateways));
}

function findingsOf({ targets }: JudgedTelemetry, gateways: ReadonlyMap<string, AcceptedGateway>): readonly Finding[] {
  const found = targets.flatMap(({ gateway, problem }) => {
    const accepted = gateways.get(gateway);
    if (problem === null) return accepted?.tracing.findings ?? [];
    return accepted !== undefined || problem.reason === 'TargetNotFound' ? [problem.finding] : [];
  });
  // What is wrong with the collector is wrong at each of the policy's Gateways.
  return [...new Map(found.map(finding => [JSON.stringify(finding), finding])).values()];
}
