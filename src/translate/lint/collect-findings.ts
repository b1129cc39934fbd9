// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import { compareStrings } from '../../values/index.ts';
import type { AcceptedClasses } from '../accept/classes.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import { notServedKinds } from '../not-served.ts';
import type { PublishedClusters } from '../publish/clusters.ts';
import type { RouteSummary } from '../publish/route-summary.ts';
import type { ListenerTables } from '../publish/virtual-hosts.ts';
import { lintAnnotations } from './annotations.ts';
import { lintApiVersions } from './api-versions.ts';
import { lintGrantGroups } from './grant-groups.ts';
import { lintMissingReflection } from './missing-reflection.ts';
import type { ServiceLints } from './service-lints.ts';

/** The results of the steps that have something to say. */
export interface FindingSources {
  readonly classes: AcceptedClasses;
  readonly gateways: ReadonlyMap<string, AcceptedGateway>;
  readonly summary: RouteSummary;
  readonly clusters: PublishedClusters;
  readonly tables: ListenerTables;
  readonly serviceLints: ServiceLints;
}

/** All findings in a total order that does not depend on the order of the resources. */
export function collectFindings(resources: ResourceSet, sources: FindingSources): readonly Finding[] {
  const findings: Finding[] = [...sources.classes.findings].sort((a, b) =>
    compareStrings(a.resource?.name ?? '', b.resource?.name ?? ''),
  );
  const gateways = [...sources.gateways.values()].sort((a, b) => compareStrings(a.key, b.key));
  for (const gateway of gateways) append(findings, gateway.findings);
  for (const { gateway } of gateways) append(findings, lintAnnotations(gateway));
  for (const list of sources.summary.findings.values()) append(findings, list);
  append(findings, shadowFindings(sources.tables));
  for (const list of sources.summary.packages.findings.values()) append(findings, list);
  append(findings, lintMissingReflection(gateways, sources.summary));
  append(findings, sources.clusters.findings);
  for (const list of sources.serviceLints.findings.values()) append(findings, list);
  append(findings, notServedKinds(resources));
  append(findings, lintGrantGroups(resources));
  append(findings, lintApiVersions(resources));
  return findings;
}

function append(findings: Finding[], more: readonly Finding[]): void {
  for (const finding of more) findings.push(finding);
}

/** A match that is hidden under several hosts or listeners is reported once. */
function shadowFindings(tables: ListenerTables): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const table of tables.values()) {
    for (const finding of table.shadows) {
      const { namespace, name } = finding.resource ?? { namespace: '', name: '' };
      const key = `${namespace}/${name} ${finding.path.join('.')} ${finding.message}`;
      if (!found.has(key)) found.set(key, finding);
    }
  }
  return [...found].sort(([a], [b]) => compareStrings(a, b)).map(([, finding]) => finding);
}
