// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { BackendTLSPolicy, ResourceSet } from '../../resources/index.ts';
import type { TrustBundle } from '../../snapshot/index.ts';
import { compareStrings, formatNamespacedName, shareMap } from '../../values/index.ts';
import { compareAge } from '../age.ts';
import type { PolicyTls, ServiceTls, TlsOfServices } from '../resolve/service-tls.ts';
import type { TrustReader } from '../resolve/trust-bundles.ts';
import { type JudgedBackendTls, judgeBackendTls } from './judge-backend-tls.ts';
import { type PolicyTarget, type TakenTargets, targetsOf } from './policy-targets.ts';

/** All BackendTLSPolicies, judged by themselves and against each other. */
export interface BackendTlsPolicies {
  /** In the order of precedence. */
  readonly policies: readonly AcceptedBackendTls[];
  /** Keeps its identity while it is unchanged. */
  readonly services: TlsOfServices;
  /** By id. */
  readonly bundles: ReadonlyMap<string, TrustBundle>;
}

export interface AcceptedBackendTls extends JudgedBackendTls {
  /** `namespace/name`. */
  readonly key: string;
  readonly policy: BackendTLSPolicy;
  readonly targets: readonly PolicyTarget[];
}

/** Judges all policies, oldest first, then by name: who comes first has the target. */
export function acceptBackendTls(
  { backendTlsPolicies, services }: Pick<ResourceSet, 'backendTlsPolicies' | 'services'>,
  reader: TrustReader,
  previous: TlsOfServices | undefined,
): BackendTlsPolicies {
  const taken: TakenTargets = new Map();
  const bundles = new Map<string, TrustBundle>();
  const policies = [...backendTlsPolicies.values()]
    .sort((a, b) => compareAge(a.metadata, b.metadata))
    .map((policy): AcceptedBackendTls => {
      const key = formatNamespacedName(policy.metadata);
      const judged = judgeBackendTls(policy, reader);
      if (judged.bundle !== null) bundles.set(judged.bundle.id, judged.bundle);
      return { ...judged, key, policy, targets: targetsOf(policy, services, taken) };
    });
  return { policies, services: shareMap(previous, indexServices(policies)), bundles };
}

/** What there is to say of the policies, sorted by name. */
export function backendTlsFindings({ policies }: BackendTlsPolicies): readonly Finding[] {
  const byName = [...policies].sort((a, b) => compareStrings(a.key, b.key));
  return byName.flatMap(({ findings, targets }) => [
    ...targets.flatMap(({ problem }) => (problem === null ? [] : [problem.finding])),
    ...findings,
  ]);
}

function indexServices(policies: readonly AcceptedBackendTls[]): TlsOfServices {
  const found = new Map<string, { whole: PolicyTls | null; ports: { name: string; tls: PolicyTls }[] }>();
  for (const { key, tls, targets } of policies) {
    for (const { service, section, problem } of targets) {
      if (problem !== null) continue;
      const of = found.get(service) ?? { whole: null, ports: [] };
      found.set(service, of);
      if (section === null) of.whole = { policy: key, tls };
      else of.ports.push({ name: section, tls: { policy: key, tls } });
    }
  }
  const index = new Map<string, ServiceTls>();
  for (const [service, { whole, ports }] of found) {
    index.set(service, { whole, ports: ports.sort((a, b) => compareStrings(a.name, b.name)) });
  }
  return index;
}
