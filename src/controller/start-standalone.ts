// SPDX-License-Identifier: Apache-2.0

import { resolve } from 'node:path';
import { openFileStore } from '../store/index.ts';
import { LoopbackAddresses } from './addresses/loopback-addresses.ts';
import { DemoSupplement } from './demo/demo-supplement.ts';
import { LoopbackFrontends } from './mesh/loopback-frontends.ts';
import { hasManyLoopbackAddresses } from './ports/free-port.ts';
import type { RunningGateway } from './running-gateway.ts';
import { type StandaloneOptions, withDefaults } from './standalone-options.ts';
import { startGateway, stateDirectoryOf } from './start-gateway.ts';

/** Starts a gateway from files: see `startGateway`. */
export async function startStandalone(options: StandaloneOptions): Promise<RunningGateway> {
  const settings = withDefaults(options);
  const { paths, settleMs, clock, controllerName, ports } = settings;
  const store = openFileStore({ paths, defaultNamespace: 'default', settleMs, clock });
  const only = (await hasManyLoopbackAddresses()) ? null : '127.0.0.1';
  const address = settings.address ?? only;
  const addresses = new LoopbackAddresses(address);
  const mesh = new LoopbackFrontends({ ...settings.mesh, knowsAllClients: true }, only);
  const stateDirectory = stateDirectoryOf(options);
  const demo = settings.demo
    ? new DemoSupplement({
        stateDirectory,
        nowMs: () => clock.wallMs(),
        addressOf: gateway => addresses.addressOf(gateway, 0) ?? '127.0.0.1',
      })
    : null;
  const names = paths.map(path => resolve(path));
  return startGateway(
    {
      ...{
        store,
        addresses,
        controllerName,
        ports,
        movesPorts: true,
        demo,
        gate: null,
        mesh: () => mesh,
        isShared: false,
        names,
      },
      sharedKeys: null,
      status: () => ({ kind: 'files', paths: names }),
    },
    settings,
    stateDirectory,
  );
}
