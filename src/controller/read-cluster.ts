// SPDX-License-Identifier: Apache-2.0

import { homedir } from 'node:os';
import { DaemunError } from '../errors/index.ts';
import { type KubeClient, type KubernetesStore, type OpenCluster, openCluster } from '../store/index.ts';
import type { Clock, Random } from '../time/index.ts';
import type { Place } from '../translate/index.ts';
import { ReportedAddresses } from './addresses/reported-addresses.ts';
import { DEFAULT_CONTROLLER_NAME } from './kubernetes-options.ts';
import { type Offline, viewOnce } from './offline.ts';
import { Translator } from './reload/translator.ts';

/** Whoever asks waits: a cluster of a size that we serve is read in a few seconds. */
const READ_TIMEOUT_MS = 60_000;

export interface ReadClusterOptions {
  /** null: the service account of the Pod, else `KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig: string | null;
  /** null: the file's current context. */
  readonly context: string | null;
  /** Whose GatewayClasses are looked at; null: those of `daemun.dev/gateway-controller`. */
  readonly controllerName: string | null;
  /** From where distances are told. Default: not known. */
  readonly place?: Place;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Reads a cluster once and translates it, at the addresses that its Gateways say they have; writes nothing. Rejects with
 * `kubernetes/…` when the cluster cannot be reached.
 */
export function readCluster(options: ReadClusterOptions): Promise<Offline> {
  return withCluster(options, async ({ view, store }) => ({ view, store }));
}

/** A cluster that was read once, while it can still be asked for more. */
export interface ReadCluster extends Offline {
  readonly store: KubernetesStore;
  readonly client: Pick<KubeClient, 'request' | 'server'>;
}

/** The same, for those who ask the cluster for more than resources: `work` has it before it is let go of. */
export async function withCluster<T>(options: ReadClusterOptions, work: (read: ReadCluster) => Promise<T>): Promise<T> {
  const { kubeconfig, context, clock, random } = options;
  const place = { kubeconfig, context, environment: process.env, home: homedir() };
  const log = { info: () => undefined, warn: () => undefined };
  const failed = Promise.withResolvers<never>();
  // It may fail when nobody listens any more.
  failed.promise.catch(() => undefined);
  const onFailing = (message: string): void => failed.reject(new DaemunError('kubernetes/unreachable', message));
  const cluster = await openCluster({ place, clock, random, log, onFailing });
  const { store, client } = cluster;
  const translator = new Translator({
    controllerName: options.controllerName ?? DEFAULT_CONTROLLER_NAME,
    addresses: new ReportedAddresses(options.controllerName ?? DEFAULT_CONTROLLER_NAME),
    reportsRoutability: true,
    ...(options.place !== undefined && { place: options.place }),
    clock,
  });
  try {
    await Promise.race([startInTime(cluster, clock), failed.promise]);
    return await work({ view: viewOnce(store, translator), store, client });
  } finally {
    await store.close();
  }
}

async function startInTime({ store, server, client }: OpenCluster, clock: Clock): Promise<void> {
  // A store waits for its server for ever; who asks once wants to know at once.
  const { status } = await client.request({ method: 'GET', path: '/version' });
  if (status === 401) throw new DaemunError('kubernetes/refused', `${server} does not know who asks: 401 Unauthorized`);
  await new Promise<void>((resolve, reject) => {
    const timer = clock.after(READ_TIMEOUT_MS, () =>
      reject(new DaemunError('kubernetes/unreachable', `${server} does not answer with all that is asked`)),
    );
    store.start().then(() => {
      timer.cancel();
      resolve();
    }, reject);
  });
}
