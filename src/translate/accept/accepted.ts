// SPDX-License-Identifier: Apache-2.0

import { EMPTY_RESOURCES, type ResourceSet } from '../../resources/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import { acceptBackendTls, type BackendTlsPolicies } from '../policies/backend-tls-policies.ts';
import { acceptTelemetry, type TelemetryPolicies } from '../policies/telemetry-policies.ts';
import { acceptTraffic, type TrafficPolicies } from '../policies/traffic-policies.ts';
import { indexGrants, type ReferenceGrants } from '../resolve/reference-grants.ts';
import type { TrustReader } from '../resolve/trust-bundles.ts';
import { type AskedEnvironment, askedEnvironment } from './asked-environment.ts';
import type { SecretContent } from './certificates.ts';
import { type AcceptedClasses, acceptClasses } from './classes.ts';
import { type AcceptedGateway, acceptGateways } from './gateways.ts';
import { type AcceptedSets, acceptListenerSets } from './listener-sets.ts';
import { type AcceptedXBackends, acceptXBackends } from './x-backends.ts';

/** All that routes are judged after: it depends on none of them, nor on endpoints. */
export interface Accepted {
  readonly grants: ReferenceGrants;
  readonly classes: AcceptedClasses;
  readonly policies: BackendTlsPolicies;
  readonly traffic: TrafficPolicies;
  readonly telemetry: TelemetryPolicies;
  readonly xBackends: AcceptedXBackends;
  readonly sets: AcceptedSets;
  readonly gateways: ReadonlyMap<string, AcceptedGateway>;
  /** What was read, for the next time. */
  readonly secrets: ReadonlyMap<string, SecretContent>;
  readonly inspected: TrustReader['inspected'];
  /** What it was made of. */
  readonly resources: ResourceSet;
  readonly environment: AskedEnvironment;
}

/** What changes most says nothing of what is judged here, and is not held on to. */
const NOT_ASKED = {
  httpRoutes: EMPTY_RESOURCES.httpRoutes,
  grpcRoutes: EMPTY_RESOURCES.grpcRoutes,
  tlsRoutes: EMPTY_RESOURCES.tlsRoutes,
  tcpRoutes: EMPTY_RESOURCES.tcpRoutes,
  udpRoutes: EMPTY_RESOURCES.udpRoutes,
  endpointSlices: EMPTY_RESOURCES.endpointSlices,
  endpoints: EMPTY_RESOURCES.endpoints,
  pods: EMPTY_RESOURCES.pods,
} as const satisfies Partial<ResourceSet>;

/** Judges all that comes before routes. `previous` itself where nothing of what it was made of has changed. */
export function acceptAll(all: ResourceSet, now: TranslateEnvironment, previous: Accepted | undefined): Accepted {
  const resources: ResourceSet = { ...all, ...NOT_ASKED };
  if (previous !== undefined && areSame(previous.resources, resources) && previous.environment.isAnsweredBy(now))
    return previous;
  const environment = askedEnvironment(now);
  const grants = indexGrants(resources);
  const classes = acceptClasses(resources, environment);
  const inspected = previous?.inspected ?? new WeakMap();
  const trust = { resources, grants, environment, inspected };
  // Before all that refers to Services: policies say how those are spoken to.
  const policies = acceptBackendTls(resources, trust, previous?.policies.services);
  const traffic = acceptTraffic(resources, previous?.traffic.services);
  const telemetry = acceptTelemetry(resources, environment.refused ?? NONE_REFUSED);
  const secrets = new Map<string, SecretContent>();
  const known = previous?.secrets ?? secrets;
  const secretReader = { resources, grants, environment, trust, previous: known, read: secrets };
  const xBackends = acceptXBackends(secretReader, previous?.xBackends.byName);
  const ofServices = { tls: policies.services, xBackends: xBackends.byName, telemetry: telemetry.ofGateways };
  const sets = acceptListenerSets(classes, secretReader);
  const gateways = acceptGateways(classes, sets.attached, { ...secretReader, ...ofServices });
  const accepted = { grants, classes, policies, traffic, telemetry, xBackends, sets, gateways };
  return { ...accepted, secrets, inspected, resources, environment };
}

const NONE_REFUSED: ReadonlyMap<string, string> = new Map();

/** Maps keep their identity while nothing in them changes. */
function areSame(before: ResourceSet, now: ResourceSet): boolean {
  return (Object.keys(now) as (keyof ResourceSet)[]).every(kind => before[kind] === now[kind]);
}
