// SPDX-License-Identifier: Apache-2.0

import { openFileStore, type Store } from '../store/index.ts';
import type { Clock } from '../time/index.ts';
import type { Place } from '../translate/index.ts';
import { LoopbackAddresses } from './addresses/loopback-addresses.ts';
import { LoopbackFrontends } from './mesh/loopback-frontends.ts';
import { Translator } from './reload/translator.ts';
import type { View } from './shown/view.ts';
import { viewFindings } from './shown/view-findings.ts';

export interface OfflineOptions {
  /** Files and folders. */
  readonly paths: readonly string[];
  /** Namespace of objects that name none. */
  readonly defaultNamespace: string;
  /** From where distances are told. Default: not known. */
  readonly place?: Place;
  readonly clock: Clock;
}

export interface Offline {
  readonly view: View;
  readonly store: Store;
}

/** Reads and translates once, without data plane, ports or watching: what `check`, `get -f` and `explain -f` show. */
export async function loadOffline(options: OfflineOptions): Promise<Offline> {
  const { paths, defaultNamespace, place, clock } = options;
  const store = openFileStore({ paths, defaultNamespace, watch: false, clock });
  // Whatever a Service's ClusterIP is: what is asked about may be meant for a cluster.
  const mesh = new LoopbackFrontends({ addressPool: ['0.0.0.0/0', '::/0'], clients: [] });
  const translator = new Translator({
    controllerName: null,
    addresses: new LoopbackAddresses(null),
    reportsRoutability: false,
    mesh: () => mesh,
    ...(place !== undefined && { place }),
    clock,
  });
  await store.start();
  const view = viewOnce(store, translator);
  await store.close();
  return { view, store };
}

/** What a store that has started comes to, as if everything could be bound. */
export function viewOnce(store: Pick<Store, 'current'>, translator: Translator): View {
  const contents = store.current();
  const { resources, findings } = contents;
  translator.assignAddresses(resources);
  translator.setRefused(findings);
  translator.setServed(contents);
  const translation = translator.translate(resources);
  const { byObject, faults } = translator.statuses(translation, resources);
  return {
    resources,
    translation,
    published: translation.snapshot,
    bindFailures: new Map(),
    statuses: byObject,
    findings: viewFindings(findings, translation, faults),
  };
}
