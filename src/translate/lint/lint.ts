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
import { type KnownEndpoints, knownEndpoints } from './own-endpoints.ts';
import { toldPackages } from './packages.ts';
import { lintRedirectLoops } from './redirect-loops.ts';
import { lintRoutes, type RouteLints } from './routes.ts';
import { lintServices, type ServiceLints } from './service-lints.ts';
import { lintShadows, type ShadowLint } from './shadowed-matches.ts';
import { lintSupersededRoutes, type ToldSuperseded } from './superseded-routes.ts';
import { telemetryFindings } from './telemetry-findings.ts';
import { type ToldShadows, toldShadows } from './told-shadows.ts';
import { brokenLint, tolerate } from './tolerate.ts';
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
  /** A backendRef leads to endpoints, never to the ClusterIP of a frontend. */
  readonly ofGateways: readonly Binding[];
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
  readonly superseded: ToldSuperseded;
  readonly endpoints: KnownEndpoints;
}

/** What lints come to. */
export interface Linted {
  readonly findings: readonly Finding[];
  /** As in `Translation`. */
  readonly moreWarnings: number;
  /** undefined: next time all is looked at anew. */
  readonly memory: LintMemory | undefined;
}

/** `lint` when it is first asked for: what is served need not wait for what is said of it. */
export function lintWhenAsked(sources: LintSources, previous: LintMemory | undefined): () => Linted {
  let state: { readonly due: LintSources; readonly previous: LintMemory | undefined } | Linted = {
    due: sources,
    previous,
  };
  return () => {
    // What it was made of is let go of: the sources of one translation must not hold those of the one before.
    if ('due' in state) state = lintWhole(state.due, state.previous);
    return state;
  };
}

/** Never throws: a fault of what is said must break nothing of what is served. */
function lintWhole(sources: LintSources, previous: LintMemory | undefined): Linted {
  try {
    return lint(sources, previous);
  } catch (error) {
    return { findings: [brokenLint('all checks', error)], moreWarnings: 0, memory: undefined };
  }
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
    superseded: supersededIfAny(sources, previous?.superseded),
    endpoints: knownEndpoints(sources.ofGateways, previous?.endpoints),
  };
  return {
    findings: collectFindings(sources, memory),
    moreWarnings: memory.told.more + memory.superseded.more,
    memory,
  };
}

function supersededIfAny({ streams }: LintSources, previous: ToldSuperseded | undefined): ToldSuperseded {
  if (previous?.streams === streams) return previous;
  const name = 'superseded routes';
  try {
    return lintSupersededRoutes(streams);
  } catch (error) {
    return { streams, findings: [brokenLint(name, error)], more: 0 };
  }
}

function collectFindings(
  sources: LintSources,
  { routes, services, told, superseded, endpoints }: LintMemory,
): readonly Finding[] {
  const { tables } = sources;
  const findings: Finding[] = [...sources.classes.findings].sort((a, b) =>
    compareStrings(a.resource?.name ?? '', b.resource?.name ?? ''),
  );
  const gateways = [...sources.gateways.values()].sort((a, b) => compareStrings(a.key, b.key));
  for (const gateway of gateways) append(findings, gateway.findings);
  for (const { problem } of sources.sets.refused) findings.push(problem.finding);
  const lints: Readonly<Record<string, () => readonly Finding[]>> = {
    'names of certificates': () => gateways.flatMap(lintCertificateNames),
    annotations: () => ownersOf(sources, gateways).flatMap(lintAnnotations),
    meshes: () => lintMeshes(sources),
    consumers: () => lintConsumers(sources),
    routes: () => [...routes.findings.values()].flat(),
    'settled routes': () => [...sources.settled.findings.values()].flat(),
    'hidden matches': () => told.findings,
    'superseded routes': () => superseded.findings,
    'redirects to themselves': () => lintRedirectLoops(routes.loops, sources.tables),
    'backends that lead back': () =>
      lintBackendLoops(sources.ofGateways, sources.clusters, { tables, known: endpoints }),
    'health endpoints': () => lintHealthEndpoints(gateways, sources.tables),
    packages: () => toldPackages(routes.packages),
    reflection: () => lintMissingReflection(gateways, routes),
    policies: () => findingsOfPolicies(sources),
    telemetry: () => telemetryFindings(sources.telemetry, sources),
    clusters: () => sources.clusters.findings,
    Services: () => findingsOfServices(services, sources),
    'groups in grants': () => lintGrantGroups(sources.resources),
    'versions of APIs': () => lintApiVersions(sources.resources),
  };
  for (const [name, find] of Object.entries(lints)) append(findings, tolerate(name, find));
  return findings;
}

/** What has annotations of ours beside routes and Services, in the order in which it is told. */
function ownersOf(
  { xBackends }: LintSources,
  gateways: readonly AcceptedGateway[],
): readonly Parameters<typeof lintAnnotations>[0][] {
  const backends = [...xBackends.byName].sort(([a], [b]) => compareStrings(a, b));
  return [
    ...gateways.flatMap(({ gateway, sets }) => [gateway, ...sets]),
    ...backends.map(([, { backend }]) => backend),
  ];
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
