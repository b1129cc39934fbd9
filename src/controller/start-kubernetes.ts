// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { type Freshness, openCluster } from '../store/index.ts';
import type { Clock } from '../time/index.ts';
import { openAddressBook } from './addresses/addressing.ts';
import { ClusterIps } from './addresses/cluster-ips.ts';
import { withGatewayDefaults } from './gateway-options.ts';
import { clusterTroubles } from './health/cluster-troubles.ts';
import { KeptFile } from './kept-file.ts';
import { SharedKeys } from './keys/shared-keys.ts';
import { DEFAULT_CONTROLLER_NAME, type KubernetesOptions, MESH_CONTROLLER_NAME } from './kubernetes-options.ts';
import { clientPods } from './mesh/client-pods.ts';
import { NodeMesh, type NodeMeshParts } from './mesh/node-mesh.ts';
import { sharedKeysName } from './owned/owned-name.ts';
import type { RunningGateway } from './running-gateway.ts';
import { timeText } from './shown/trouble.ts';
import { startGateway, stateDirectoryOf } from './start-gateway.ts';
import { clusterMetrics } from './writing/cluster-metrics.ts';
import { ClusterWriter } from './writing/cluster-writer.ts';

/**
 * Starts a gateway that follows a cluster: see `startGateway`. Waits for the API server as long as it takes. Rejects also when the
 * kubeconfig cannot be read.
 */
export async function startKubernetes(options: KubernetesOptions): Promise<RunningGateway> {
  const settings = withGatewayDefaults(options);
  const { clock, random, log } = settings;
  const { kubeconfig = null, context = null, addressing } = options;
  const { controllerName = addressing.mode === 'none' ? MESH_CONTROLLER_NAME : DEFAULT_CONTROLLER_NAME } = options;
  const place = { kubeconfig, context, environment: process.env, home: homedir() };
  const keeper = new KeptFile(stateDirectoryOf(options), controllerName);
  const cluster = await openCluster({
    place,
    clock,
    random,
    log,
    keeper,
    clients: clientPods(options),
    secrets: addressing.mode !== 'none',
    waitsForRights: addressing.mode !== 'none',
    watchesRights: true,
  });
  const { store, server } = cluster;
  const { lease = { namespace: null }, identity = ownIdentity() } = options;
  const clusterIps = new ClusterIps(controllerName);
  const { services, addresses } = openAddressBook(addressing, controllerName, clusterIps);
  const writer = new ClusterWriter({
    cluster,
    controllerName,
    identity,
    lease,
    services,
    clock,
    log,
    onLeading: () => sharedKeys.wanted(),
    onObjectRefused(object, why) {
      // Told while a reload may be running: its statuses could not say it yet.
      if ((services ?? clusterIps).refuse(object, why)) void started.then(gateway => gateway.reload());
    },
  });
  const sharedKeys = new SharedKeys({
    secret: () => cluster.writers.secret({ namespace: lease?.namespace ?? null, name: sharedKeysName(controllerName) }),
    mayWrite: () => writer.state().isLeading,
    async copyPath() {
      const isPrivate = await keeper.takesSecrets().catch(() => false);
      return isPrivate ? join(dirname(keeper.place), 'shared-keys') : null;
    },
    clock,
    log,
  });
  const mesh = openMesh(options.mesh, { clock, random, log });
  log.info('following a cluster', { server, controllerName, addressing });
  const started = startGateway(
    {
      store,
      addresses,
      controllerName,
      ports: 'as-written',
      movesPorts: false,
      demo: null,
      gate: mesh?.gate ?? null,
      ...(mesh === null ? {} : { mesh: () => mesh.environment, meshReport: view => mesh.report(view) }),
      isShared: true,
      sharedKeys,
      names: [`${server} ${controllerName}`],
      onReload(view) {
        // What was kept says what was; whoever follows the cluster may know better. Not for ever: what was read is told then.
        if (store.freshness().state !== 'kept') writer.reloaded(view);
      },
      metrics() {
        const following = { controllerName, ...store.health(), staleMs: staleMs(store.freshness(), clock) };
        return [...clusterMetrics(cluster.client.counts(), writer.state(), following), ...(mesh?.metrics() ?? [])];
      },
      status() {
        const { isLeading, holder } = writer.state();
        return { kind: 'cluster', server, controllerName, isLeading, leader: holder, staleSince: staleSince(store) };
      },
      troubles: () => [
        ...clusterTroubles(server, { ...store.health(), freshness: store.freshness() }, writer.state()),
        ...(services?.troubles() ?? []),
        ...(mesh?.troubles() ?? []),
      ],
      async close() {
        await Promise.all([writer.close(), sharedKeys.close()]);
      },
    },
    settings,
    stateDirectoryOf(options),
  );
  return started;
}

function openMesh(options: KubernetesOptions['mesh'], parts: NodeMeshParts): NodeMesh | null {
  return options === undefined || options === null ? null : new NodeMesh(options, parts);
}

/** For how long nothing was learned of the cluster. */
function staleMs(freshness: Freshness, clock: Clock): number {
  return freshness.state === 'followed' ? 0 : Math.max(0, clock.wallMs() - freshness.sinceMs);
}

function staleSince(store: { freshness(): Freshness }): string | null {
  const freshness = store.freshness();
  return freshness.state === 'followed' ? null : timeText(freshness.sinceMs);
}

/** Unlike that of any other process, also of one before it with the same name: a Pod's, or the machine's. */
function ownIdentity(): string {
  return `${process.env['POD_NAME'] ?? hostname()}_${randomUUID()}`;
}
