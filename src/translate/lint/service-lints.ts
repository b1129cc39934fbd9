// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Service } from '../../resources/index.ts';
import { changedKeys, updateSorted } from '../changes.ts';
import { findingOf } from '../report.ts';
import { ENDPOINTS } from '../resolve/annotations/dns-targets.ts';
import { lintAnnotations } from './annotations.ts';
import { lintClusterZone } from './cluster-zone.ts';
import { tolerate } from './tolerate.ts';

/** Values that people write for gRPC although Kubernetes does not define them. */
const NOT_DEFINED: ReadonlySet<string> = new Set(['kubernetes.io/grpc', 'grpc']);

/** The lint's result, kept for the next time. */
export interface ServiceLints {
  readonly services: ReadonlyMap<string, Service>;
  /** The findings of Services that have any, by Service, sorted. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
}

/** Findings beyond the specification about Services by themselves, used or not. Looks at changed Services only. */
export function lintServices(services: ReadonlyMap<string, Service>, previous: ServiceLints | undefined): ServiceLints {
  if (previous?.services === services) return previous;
  const known = previous?.findings ?? new Map<string, readonly Finding[]>();
  const updates = new Map<string, readonly Finding[] | undefined>();
  for (const key of changedKeys(previous?.services ?? new Map<string, Service>(), services)) {
    const service = services.get(key);
    const findings = service === undefined ? [] : tolerate(service, () => serviceFindings(service));
    if (findings.length > 0) updates.set(key, findings);
    else if (known.has(key)) updates.set(key, undefined);
  }
  return { services, findings: updateSorted(known, updates) };
}

function serviceFindings(service: Service): readonly Finding[] {
  return [...appProtocolFindings(service), ...lintAnnotations(service), ...zoneFindings(service)];
}

/** Names that the data plane would ask DNS for in vain. */
function zoneFindings(service: Service): readonly Finding[] {
  const { externalName } = service.spec;
  const written = service.metadata.annotations[ENDPOINTS.name] ?? '';
  const hosts = written.split(',').map(part => part.trim().replace(/:\d+$/, ''));
  return [
    ...lintClusterZone(service, ['spec', 'externalName'], externalName ?? ''),
    ...hosts.flatMap(host => lintClusterZone(service, ['metadata', 'annotations', ENDPOINTS.name], host)),
  ];
}

/** Ports whose appProtocol works here, while other implementations may not know it. */
function appProtocolFindings(service: Service): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [index, { appProtocol }] of (service.spec.ports ?? []).entries()) {
    if (appProtocol === undefined || !NOT_DEFINED.has(appProtocol)) continue;
    findings.push(
      findingOf('lint/app-protocol-not-defined', service, {
        path: ['spec', 'ports', index, 'appProtocol'],
        message: `appProtocol ${appProtocol} is not a value that Kubernetes defines; it is taken as HTTP/2 in cleartext`,
        help: 'Write kubernetes.io/h2c, which every implementation knows',
      }),
    );
  }
  return findings;
}
