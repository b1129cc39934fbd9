// SPDX-License-Identifier: Apache-2.0

import { homedir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../errors/index.ts';
import { DataPlane, giveBackStart } from '../proxy/index.ts';
import { openFileStore } from '../store/index.ts';
import { defaultStateDirectory } from '../values/index.ts';
import { DemoSupplement } from './demo-supplement.ts';
import { hasManyLoopbackAddresses } from './free-port.ts';
import { PortPlan } from './port-plan.ts';
import { Reconciler } from './reconciler.ts';
import { ReloadLog } from './reload-log.ts';
import { ReloadMetrics } from './reload-metrics.ts';
import { SessionKeyFile } from './session-key-file.ts';
import { identityOf, SharedSockets } from './siblings.ts';
import { RunningStandalone, type Standalone } from './standalone.ts';
import { type StandaloneOptions, withDefaults } from './standalone-options.ts';
import { Translator } from './translator.ts';

/**
 * Starts a gateway from files. Resolves when every listener that can be bound takes requests. Rejects when the admin
 * port cannot be bound or the data plane cannot start; wrong manifests are findings, not reasons to fail.
 */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const settings = withDefaults(options);
  const { log, clock, random } = settings;
  const nowMs = (): number => clock.wallMs();
  const store = openFileStore({
    paths: settings.paths,
    defaultNamespace: 'default',
    settleMs: settings.settleMs,
    clock,
  });
  const address = settings.address ?? ((await hasManyLoopbackAddresses()) ? null : '127.0.0.1');
  const translator = new Translator({ controllerName: settings.controllerName, address, nowMs });
  const stateDirectory = options.stateDirectory ?? defaultStateDirectory(process.env, homedir());
  const demo = settings.demo
    ? new DemoSupplement({
        stateDirectory,
        nowMs,
        addressOf: gateway => translator.addresses.addressOf(gateway),
      })
    : null;
  const { workers, serverHeader, via, upstreamServiceTime, accessLog, drainTimeoutMs } = settings;
  const own = identityOf(settings.paths);
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
    sessionKeys: new SessionKeyFile(join(stateDirectory, 'session-keys')),
    debug: (message, fields) => log.debug(message, fields),
    onUnbound: () => reconciler.retryBinding(),
    mayShare: ids => shared.mayShare(ids),
  });
  const metrics = new ReloadMetrics();
  const reloadLog = new ReloadLog(log, store);
  const reconciler = new Reconciler({
    store,
    plane,
    translator,
    ports: new PortPlan(settings.ports),
    supplement: demo,
    clock: settings.clock,
    onReload(view, previous, took) {
      metrics.succeeded(took.translateMs, view.findings, clock.wallMs());
      reloadLog.reloaded(view, previous, took.totalMs);
      running.reloaded();
    },
    onFailure(error) {
      metrics.failed();
      log.error('reload failed; what was served before goes on', { error: messageOf(error) });
    },
  });
  const running = new RunningStandalone({
    store,
    plane,
    reconciler,
    demo,
    metrics,
    log,
    moreMetrics: settings.metrics,
    clock: settings.clock,
    own,
    shared,
    drainDelayMs: settings.drainDelayMs,
  });
  await running.start(settings.admin);
  // Without workers this thread serves, and somebody may call already.
  if (workers > 0) giveBackStart();
  return running;
}
