// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../resources/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { acceptAll } from './accept/accepted.ts';
import { acceptMeshes, meshContext } from './accept/meshes.ts';
import { groupFrontends } from './arbitrate/frontend-groups.ts';
import { arbitrateRoutes } from './arbitrate/listener-tables.ts';
import { settleRoutes } from './arbitrate/settled-routes.ts';
import { arbitrateStreams } from './arbitrate/stream-tables.ts';
import { parentTargets } from './attach/parent-target.ts';
import type { Place, TranslateEnvironment } from './environment.ts';
import { lintWhenAsked } from './lint/lint.ts';
import { countAttachedRoutes } from './publish/attached-routes.ts';
import { mergeBindings, publishBindings } from './publish/bindings.ts';
import { publishClients } from './publish/clients.ts';
import { publishClusters } from './publish/clusters.ts';
import { publishFrontends } from './publish/frontends.ts';
import { publishOutcomes } from './publish/gateway-outcomes.ts';
import { judgedPolicies } from './publish/judged-policies.ts';
import { clientCertificates, publishSecrets } from './publish/secrets.ts';
import { indexPods, NO_PODS } from './resolve/pod-index.ts';
import { indexSlices } from './resolve/slice-index.ts';
import { routeContext } from './rules/route-context.ts';
import { translateRoutes } from './rules/translated-routes.ts';
import type { PreviousTranslation, Translation } from './translation.ts';

const NOWHERE: Place = { node: null, zone: null };
const NO_CLIENTS: Snapshot['clients'] = [];
const NONE_ASIDE: Translation['setAside'] = [];
const NONE_REFUSED: ReadonlyMap<string, string> = new Map();

/**
 * Turns resources into what a data plane must do, and all there is to say about them. Pure: the same input gives the
 * same output, whatever the order of the input. With `previous` (of the same environment, but for `movedPorts`,
 * `refused` and `nowMs`) only what changed is done again, and unchanged parts of the result keep their identity.
 */
export function translate(
  resources: ResourceSet,
  environment: TranslateEnvironment,
  previous?: PreviousTranslation,
): Translation {
  const memory = previous?.memory;
  const refused = environment.refused ?? NONE_REFUSED;
  // Gateways before routes: a route attaches to listeners that are already judged.
  const accepted = acceptAll(resources, environment, memory?.accepted);
  const { grants, classes, policies, traffic, telemetry, xBackends, sets, gateways } = accepted;
  const isAccepted = accepted === memory?.accepted;
  const tls = policies.services;
  const targets = isAccepted ? memory.routes.targets : parentTargets(gateways, sets.refused, memory?.routes.targets);
  const world = { resources, targets, tls, traffic: traffic.services, xBackends: xBackends.byName, refused };
  const routes = translateRoutes(world, routeContext(world, { environment, grants }), memory?.routes);
  // All routes of a listener at once: which of them gets a request depends on the others.
  const tables = arbitrateRoutes(routes.changes, memory?.tables ?? new Map());
  const streams = arbitrateStreams(routes.changes, memory?.streams ?? new Map());
  const groups = groupFrontends(routes.changes, memory?.groups);
  const settled = settleRoutes(routes, groups, memory?.settled);
  const published = publishBindings({ gateways, tables, streams }, memory?.bindings);
  // Frontends after Gateways, whose sockets they cannot have.
  const { mesh, movedPorts } = environment;
  const isOnNode = meshContext(environment)?.isOnNode ?? false;
  const frontends = publishFrontends(
    { groups, tables, streams, services: resources.services, mesh, isOnNode, movedPorts, taken: published.bindings },
    memory?.frontends,
  );
  const bindings = mergeBindings(
    { ofGateways: published.bindings, frontends: frontends.bindings },
    previous?.snapshot.bindings,
    memory && { ofGateways: memory.bindings.bindings, frontends: memory.frontends.bindings },
  );
  const clients = publishClients(
    { pods: resources.pods, given: mesh?.clients ?? NO_CLIENTS, isAsked: frontends.bindings.length > 0 },
    memory?.clients,
  );
  // Clusters after routes: only those that a route or a listener uses are published.
  const slices = indexSlices(resources.endpointSlices, environment.place ?? NOWHERE, memory?.slices);
  const { services, endpoints } = resources;
  const users = { routes, groups, gateways: gateways.values(), frontends: frontends.backends };
  const shown = clientCertificates(gateways, xBackends, memory?.clusters.sources.tls.clientCertificates);
  const tlsSources = { services: tls, clientCertificates: shown };
  const clusters = publishClusters(
    {
      services,
      slices,
      endpoints,
      tls: tlsSources,
      traffic: traffic.services,
      xBackends: xBackends.byName,
      // Meshes read Pods to know their clients, without anybody who selects them.
      pods: xBackends.byName.size === 0 ? NO_PODS : indexPods(resources.pods, memory?.clusters.sources.pods),
      // In a cluster whoever may write a Service is not thereby somebody on the gateway's machine.
      refusesLocal: environment.controllerName !== null,
    },
    users,
    memory?.clusters,
  );
  // Secrets last: only what somebody uses.
  const secrets = publishSecrets(
    { ofListeners: published.certificates, clusters: clusters.clusters, gateways, shown, policies, xBackends },
    previous?.snapshot,
  );
  // Outcomes after routes: listeners count the routes attached to them.
  const attached = countAttachedRoutes(routes.changes, memory?.attached);
  const judged = judgedPolicies(policies, traffic, xBackends);
  const meshes = acceptMeshes(resources, environment);
  const meshController = meshContext(environment)?.controllerName ?? null;
  const told = { policies: judged, telemetry, controllerName: environment.controllerName };
  const outcomes = publishOutcomes(
    { classes, meshes, meshController, gateways, sets, routes, groups, settled, attached, ...told },
    previous?.outcomes,
  );
  // Lints last: they look at everything and change nothing.
  const standalone = environment.controllerName === null;
  const sources = {
    resources,
    standalone,
    classes,
    gateways,
    sets,
    routes,
    settled,
    frontends,
    meshes,
    clients: clients.clients,
    tables,
    streams,
    ofGateways: published.bindings,
    clusters,
    policies,
    traffic,
    telemetry,
    xBackends,
    policyOutcomes: outcomes.policies,
  };
  const linted = lintWhenAsked(sources, memory?.lint().memory);
  return {
    snapshot: nextSnapshot(
      {
        bindings,
        clusters: clusters.clusters,
        endpoints: clusters.endpoints,
        clients: clients.clients,
        ...secrets,
      },
      previous?.snapshot,
    ),
    get findings() {
      return linted().findings;
    },
    get moreWarnings() {
      return linted().moreWarnings;
    },
    outcomes,
    setAside: NONE_ASIDE,
    memory: {
      accepted,
      slices,
      routes,
      attached,
      clusters,
      tables,
      streams,
      bindings: published,
      groups,
      settled,
      frontends,
      clients,
      lint: linted,
    },
  };
}

/** The version grows only when something changed. */
function nextSnapshot(parts: Omit<Snapshot, 'version'>, previous: Snapshot | undefined): Snapshot {
  const isSame =
    previous !== undefined &&
    previous.bindings === parts.bindings &&
    previous.clusters === parts.clusters &&
    previous.endpoints === parts.endpoints &&
    previous.certificates === parts.certificates &&
    previous.trustBundles === parts.trustBundles &&
    previous.clients === parts.clients;
  return isSame ? previous : { version: (previous?.version ?? 0) + 1, ...parts };
}
