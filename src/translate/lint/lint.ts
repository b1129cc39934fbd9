// SPDX-License-Identifier: Apache-2.0

import type { Finding, ResourceRef } from '../../errors/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import type { Binding, Snapshot } from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';
import type { AcceptedClasses } from '../accept/classes.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import type { AcceptedSets } from '../accept/listener-sets.ts';
import { type AcceptedXBackends, xBackendFindings } from '../accept/x-backends.ts';
import type { ListenerTables } from '../arbitrate/listener-tables.ts';
import type { SettledRoutes } from '../arbitrate/settled-routes.ts';
import type { StreamTables } from '../arbitrate/stream-tables.ts';
import type { MeshOutcome, PolicyOutcome } from '../outcomes.ts';
import { type BackendTlsPolicies, backendTlsFindings } from '../policies/backend-tls-policies.ts';
import type { TelemetryPolicies } from '../policies/telemetry-policies.ts';
import { type TrafficPolicies, trafficFindings } from '../policies/traffic-policies.ts';
import type { PublishedClusters } from '../publish/clusters.ts';
import type { PublishedFrontends } from '../publish/frontends.ts';
import type { TranslatedRoutes } from '../rules/translated-routes.ts';
import { lintAnnotations } from './annotations.ts';
import { lintApiVersions } from './api-versions.ts';
import { lintBackendLoops } from './backend-loops.ts';
import { lintCertificateNames } from './certificate-names.ts';
import { lintConsumers } from './consumers.ts';
import { lintGrantGroups } from './grant-groups.ts';
import { lintHealthEndpoints } from './health-endpoints.ts';
import { lintMeshes } from './meshes.ts';
import { lintMissingReflection } from './missing-reflection.ts';
import { toldPackages } from './packages.ts';
import { lintRedirectLoops } from './redirect-loops.ts';
import { lintRoutes, type RouteLints } from './routes.ts';
import { lintServices, type ServiceLints } from './service-lints.ts';
import { lintShadows, type ShadowLint } from './shadowed-matches.ts';
import { lintSupersededRoutes } from './superseded-routes.ts';
import { telemetryFindings } from './telemetry-findings.ts';
import { type ToldShadows, toldShadows } from './told-shadows.ts';
import { lintUnusedPolicies } from './unused-policies.ts';

/** The results of the steps that have something to say, or that there is something to say about. */
export interface LintSources {
  readonly resources: ResourceSet;
  /** Everything is ours; in a cluster only Services are that we send to, and policies for them. */
  readonly standalone: boolean;
  readonly classes: AcceptedClasses;
  readonly gateways: ReadonlyMap<string, AcceptedGateway>;
  readonly sets: AcceptedSets;
  readonly routes: TranslatedRoutes;
  readonly tables: ListenerTables;
  readonly streams: StreamTables;
  readonly bindings: readonly Binding[];
  readonly settled: SettledRoutes;
  readonly frontends: PublishedFrontends;
  readonly meshes: ReadonlyMap<string, MeshOutcome>;
  readonly clients: Snapshot['clients'];
  readonly clusters: PublishedClusters;
  readonly policies: BackendTlsPolicies;
  readonly traffic: TrafficPolicies;
  readonly telemetry: TelemetryPolicies;
  readonly xBackends: AcceptedXBackends;
  /** By `Kind/namespace/name`. */
  readonly policyOutcomes: ReadonlyMap<string, PolicyOutcome>;
}

/** Lints that are brought up to date by what changed. */
export interface LintMemory {
  readonly routes: RouteLints;
  readonly services: ServiceLints;
  readonly shadows: ShadowLint;
  /** What is told of them. */
  readonly told: ToldShadows;
}

/** What lints come to. */
export interface Linted {
  readonly findings: readonly Finding[];
  /** As in `Translation`. */
  readonly moreWarnings: number;
  readonly memory: LintMemory;
}

/** `lint` when it is first asked for: what is served need not wait for what is said of it. */
export function lintWhenAsked(sources: LintSources, previous: LintMemory | undefined): () => Linted {
  let state: { readonly due: LintSources; readonly previous: LintMemory | undefined } | Linted = {
    due: sources,
    previous,
  };
  return () => {
    // What it was made of is let go of: the sources of one translation must not hold those of the one before.
    if ('due' in state) state = lint(state.due, state.previous);
    return state;
  };
}

/**
 * All there is to say: what the steps found, and what goes beyond the specification. Findings are in a total order that does
 * not depend on the order of the resources.
 */
function lint(sources: LintSources, previous: LintMemory | undefined): Linted {
  const shadows = lintShadows(sources.tables, previous?.shadows);
  const memory: LintMemory = {
    routes: lintRoutes(sources.routes, previous?.routes),
    services: lintServices(sources.resources.services, previous?.services),
    shadows,
    told: previous?.shadows === shadows ? previous.told : toldShadows(shadows),
  };
  return { findings: collectFindings(sources, memory), moreWarnings: memory.told.more, memory };
}

function collectFindings(sources: LintSources, { routes, services, told }: LintMemory): readonly Finding[] {
  const findings: Finding[] = [...sources.classes.findings].sort((a, b) =>
    compareStrings(a.resource?.name ?? '', b.resource?.name ?? ''),
  );
  const gateways = [...sources.gateways.values()].sort((a, b) => compareStrings(a.key, b.key));
  for (const gateway of gateways) append(findings, gateway.findings);
  for (const { problem } of sources.sets.refused) findings.push(problem.finding);
  append(findings, sources.sets.findings);
  for (const gateway of gateways) append(findings, lintCertificateNames(gateway));
  for (const { gateway, sets } of gateways)
    for (const owner of [gateway, ...sets]) append(findings, lintAnnotations(owner));
  const backends = [...sources.xBackends.byName].sort(([a], [b]) => compareStrings(a, b));
  for (const [, { backend }] of backends) append(findings, lintAnnotations(backend));
  append(findings, lintMeshes(sources));
  append(findings, lintConsumers(sources));
  for (const list of routes.findings.values()) append(findings, list);
  for (const list of sources.settled.findings.values()) append(findings, list);
  append(findings, told.findings);
  append(findings, lintSupersededRoutes(sources.streams));
  append(findings, lintRedirectLoops(routes.loops, sources.tables));
  append(findings, lintBackendLoops(sources.bindings, sources.clusters, sources.tables));
  append(findings, lintHealthEndpoints(gateways, sources.tables));
  append(findings, toldPackages(routes.packages));
  append(findings, lintMissingReflection(gateways, routes));
  append(findings, findingsOfPolicies(sources));
  append(findings, telemetryFindings(sources.telemetry, sources));
  append(findings, sources.clusters.findings);
  append(findings, findingsOfServices(services, sources));
  append(findings, lintGrantGroups(sources.resources));
  append(findings, lintApiVersions(sources.resources));
  return findings;
}

/** In a cluster what no Gateway of ours uses is others' business; a target that is not there is nobody's. */
function findingsOfPolicies({
  policies,
  traffic,
  xBackends,
  standalone,
  policyOutcomes,
}: LintSources): readonly Finding[] {
  const all = [...backendTlsFindings(policies), ...trafficFindings(traffic), ...xBackendFindings(xBackends)];
  if (standalone) return [...all, ...lintUnusedPolicies([...policies.policies, ...traffic.policies], policyOutcomes)];
  const isUsed = ({ kind, namespace, name }: ResourceRef): boolean =>
    policyOutcomes.get(`${kind}/${namespace}/${name}`)?.ancestors.length !== 0;
  return all.filter(
    ({ code, resource }) => code === 'policy/target-not-found' || resource === undefined || isUsed(resource),
  );
}

function findingsOfServices({ findings }: ServiceLints, { standalone, clusters }: LintSources): readonly Finding[] {
  if (standalone || findings.size === 0) return [...findings.values()].flat();
  const used = new Set([...clusters.uses.values()].map(({ backend }) => backend.owner));
  return [...findings].flatMap(([service, list]) => (used.has(service) ? list : []));
}

function append(findings: Finding[], more: readonly Finding[]): void {
  for (const finding of more) findings.push(finding);
}
