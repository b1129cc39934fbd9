// SPDX-License-Identifier: Apache-2.0

import { homedir } from 'node:os';
import { join } from 'node:path';
import type { MetricFamily } from '../admin/index.ts';
import { messageOf } from '../errors/index.ts';
import { DataPlane, type DataPlaneOptions, elsewhere, giveBackStart, systemResolver } from '../proxy/index.ts';
import type { Store } from '../store/index.ts';
import type { MeshEnvironment } from '../translate/index.ts';
import { defaultStateDirectory } from '../values/index.ts';
import type { AddressBook } from './addresses/address-book.ts';
import type { DemoSupplement } from './demo/demo-supplement.ts';
import type { GatewayOptions, GatewaySettings } from './gateway-options.ts';
import { ProcessRecord } from './health/process-record.ts';
import type { StatusSource } from './health/status-page.ts';
import { SessionKeyFile } from './keys/session-key-file.ts';
import type { SharedKeys } from './keys/shared-keys.ts';
import type { FrontendGate } from './mesh/frontend-gate.ts';
import type { MeshReport } from './mesh/mesh-report.ts';
import { PortPlan } from './ports/port-plan.ts';
import { Privileges } from './ports/privileges.ts';
import { identityOf, SharedSockets } from './ports/siblings.ts';
import { Reconciler } from './reload/reconciler.ts';
import { ReloadLog } from './reload/reload-log.ts';
import { ReloadMetrics } from './reload/reload-metrics.ts';
import { Translator } from './reload/translator.ts';
import { GatewayProcess, type RunningGateway } from './running-gateway.ts';
import type { Trouble } from './shown/trouble.ts';
import type { View } from './shown/view.ts';

/** Where the resources of a gateway come from, and what depends on that. */
export interface GatewaySource {
  readonly store: Store;
  readonly addresses: AddressBook;
  /** Whose GatewayClasses are ours; null: all are. */
  readonly controllerName: string | null;
  readonly ports: 'as-written' | 'ephemeral';
  /** Whether a port that the system refuses is replaced by another one. */
  readonly movesPorts: boolean;
  readonly demo: DemoSupplement | null;
  /** What leads connections to frontends; null: they come by themselves. */
  readonly gate: FrontendGate | null;
  /** What translation needs to serve Services; asked before each. Default: they are not served. */
  mesh?(): MeshEnvironment;
  /** For `/mesh`. */
  meshReport?(view: View): Promise<MeshReport>;
  /** Whether others have resources there that are not for us. */
  readonly isShared: boolean;
  /** Two processes with the same ones are one gateway, of which the newer replaces the older. */
  readonly names: readonly string[];
  /** Keys that other processes have, too; null: those of the state directory. */
  readonly sharedKeys: SharedKeys | null;
  /** After each reload. */
  onReload?(view: View): void;
  /** For `/metrics`. */
  metrics?(): readonly MetricFamily[];
  /** For `/status`. */
  status(): StatusSource;
  /** What keeps it from being read, or written to. */
  troubles?(): readonly Trouble[];
  /** Ends what belongs to the source alone; called when the gateway begins to stop, and once more before the store is closed. */
  close?(): Promise<void>;
}

/** Where what outlives the process is kept. */
export function stateDirectoryOf({ stateDirectory }: GatewayOptions): string {
  return stateDirectory ?? defaultStateDirectory(process.env, homedir());
}

/**
 * Starts a gateway. Resolves when every listener that can be bound takes requests. Rejects when the admin port cannot be
 * bound or the data plane cannot start; wrong resources are findings, not reasons to fail.
 */
export async function startGateway(
  source: GatewaySource,
  settings: GatewaySettings,
  stateDirectory: string,
): Promise<RunningGateway> {
  const { workers, serverHeader, via, upstreamServiceTime, accessLog, drainTimeoutMs, log, clock, random } = settings;
  const { store, addresses, controllerName, demo, gate } = source;
  const translator = new Translator({
    controllerName,
    addresses,
    reportsRoutability: source.isShared,
    mesh: () => source.mesh?.() ?? null,
    place: settings.place,
    clock,
  });
  const own = identityOf(source.names);
  const shared = new SharedSockets(own, settings.admin, log);
  const plane = new DataPlane({
    workers,
    serverHeader,
    via,
    upstreamServiceTime,
    accessLog,
    drainTimeoutMs,
    log,
    clock,
    random,
    ...keyStores(source.sharedKeys, stateDirectory),
    // In a cluster names are given by whoever may write a Service, and this machine is not theirs.
    ...(controllerName === null ? {} : { resolve: elsewhere(systemResolver(clock)) }),
    debug: (message, fields) => log.debug(message, fields),
    onUnbound: () => reconciler.retryBinding(),
    mayShare: ids => shared.mayShare(ids),
  });
  const record = new ProcessRecord(clock.wallMs());
  source.sharedKeys?.onChange(() => plane.rereadKeys());
  const metrics = new ReloadMetrics();
  const reloadLog = new ReloadLog(log, { store, isShared: source.isShared });
  const reconciler = new Reconciler({
    store,
    plane,
    translator,
    ports: new PortPlan(source.ports),
    privileges: source.movesPorts ? new Privileges() : null,
    supplement: demo,
    gate,
    clock,
    onReload(view, previous, took) {
      record.reloaded(view, clock.wallMs());
      metrics.succeeded(took.translateMs, view.findings, clock.wallMs());
      reloadLog.reloaded(view, previous, took.totalMs);
      source.onReload?.(view);
      running.checkReadiness();
    },
    onFailure(error) {
      metrics.failed();
      record.reloadFailed(messageOf(error), clock.wallMs());
      log.error('reload failed; what is served by now goes on', { error: messageOf(error) });
    },
  });
  const running = new GatewayProcess({
    store,
    plane,
    reconciler,
    demo,
    gate,
    metrics,
    log,
    record,
    source: () => source.status(),
    meshReport: async view => (await source.meshReport?.(view)) ?? null,
    moreTroubles: () => [...settings.troubles(), ...(source.troubles?.() ?? [])],
    moreMetrics: () => [...settings.metrics(), ...(source.metrics?.() ?? [])],
    clock,
    own,
    shared,
    drainDelayMs: settings.drainDelayMs,
    prepareSource: async () => source.sharedKeys?.start(),
    closeSource: async () => source.close?.(),
  });
  gate?.onChange(() => running.checkReadiness());
  await running.start(settings.admin);
  // Without workers this thread serves, and somebody may call already.
  if (workers > 0) giveBackStart();
  return running;
}

function keyStores(
  shared: SharedKeys | null,
  stateDirectory: string,
): Pick<DataPlaneOptions, 'sessionKeys' | 'ticketKeys'> {
  return shared === null
    ? { sessionKeys: new SessionKeyFile(join(stateDirectory, 'session-keys')) }
    : { sessionKeys: shared.store('session-keys'), ticketKeys: shared.store('ticket-keys') };
}
