// SPDX-License-Identifier: Apache-2.0

/**
 * daemun as an operator installs it: the image of this checkout and `daemun install --apply` or `helm install`, several replicas, reached through the
 * Services of the suite's Gateways.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLASS, CONTROLLER, type RunningGateway } from './gateway.ts';
import type { Harness } from './harness.ts';

const REPLICAS = 2;
const MAX_ROLL_OUT = '120s';
/** Of helm: what it makes is called like this, too. */
const RELEASE = 'daemun';
const root = join(import.meta.dirname, '../..');

/** What it is called in the cluster: two of them may stand beside each other. */
export interface Installation {
  readonly namespace: string;
  readonly image: string;
  readonly className: string;
  readonly controllerName: string;
}

export const OF_SUITE: Installation = {
  namespace: 'daemun-conformance',
  image: 'localhost/daemun:conformance',
  className: CLASS,
  controllerName: CONTROLLER,
};

/** By what: the command of the package, or the chart. They make the same objects. */
export type Installer = 'daemun' | 'helm';

export interface InstalledGateway extends RunningGateway {
  /** Ends the Pod that writes, without a farewell. The name of it; null when none is known. */
  killLeader(): string | null;
  /** Containers that were started again, with their number. */
  restarts(): readonly string[];
}

/** Builds the image, installs it, and waits until all replicas are ready. @throws Error when they do not become so. */
export function installGateway(
  harness: Harness,
  installation: Installation,
  installer: Installer = 'daemun',
): InstalledGateway {
  const { namespace } = installation;
  loadImage(harness, installation.image);
  const remove = installer === 'helm' ? byHelm(harness, installation) : byCommand(harness, installation);
  try {
    harness.kubectl(['-n', namespace, 'rollout', 'status', 'deployment/daemun', '--timeout', MAX_ROLL_OUT]);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    stop: async () => remove(),
    killLeader() {
      const leader = leaderOf(harness, namespace);
      if (leader !== null) harness.kubectl(['-n', namespace, 'delete', 'pod', leader, '--grace-period=0', '--force']);
      return leader;
    },
    restarts: () => restartsIn(harness, namespace),
  };
}

/** What takes it away again. */
type Removal = () => void;

function byCommand(harness: Harness, installation: Installation): Removal {
  harness.run(daemun(installation, '--apply', '--force'));
  return () => void harness.kubectl(['delete', '--ignore-not-found', '-f', '-'], harness.run(daemun(installation)));
}

function daemun(installation: Installation, ...args: readonly string[]): readonly string[] {
  const { namespace, image, className, controllerName } = installation;
  const names = ['--namespace', namespace, '--class', className, '--controller-name', controllerName];
  const what = ['install', ...names, '--image', image, '--replicas', String(REPLICAS)];
  return [process.execPath, join(root, 'bin/daemun'), ...what, ...args];
}

/** The namespace is not the chart's: it enforces what `daemun install` lets it enforce. */
function byHelm(harness: Harness, { namespace, image, className, controllerName }: Installation): Removal {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  harness.kubectl(['apply', '-f', '-'], JSON.stringify(object));
  const [repository, tag] = image.split(':');
  const values = {
    'image.repository': repository,
    'image.tag': tag,
    replicas: REPLICAS,
    controllerName,
    'gatewayClass.name': className,
  };
  const sets = Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  harness.run(['helm', 'install', RELEASE, join(root, 'packaging/helm/daemun'), '--namespace', namespace, ...sets]);
  return () => {
    harness.run(['helm', 'uninstall', RELEASE, '--namespace', namespace, '--wait']);
    harness.kubectl(['delete', 'namespace', namespace]);
  };
}

/** Builds the image of a checkout, this one or another, and puts it into the cluster. */
export function loadImage(harness: Harness, image: string, checkout = root): void {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-conformance-'));
  try {
    const archive = join(folder, 'image.tar');
    const args = ['--name', image, '--out', join(folder, 'image'), '--archive', archive];
    execFileSync(process.execPath, [join(checkout, 'tools/image.ts'), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    harness.loadImage(image, archive);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The holder of the Lease names itself POD_IDENTITY. */
function leaderOf(harness: Harness, namespace: string): string | null {
  const { items } = JSON.parse(harness.kubectl(['-n', namespace, 'get', 'leases', '-o', 'json']));
  const holder: unknown = items[0]?.spec?.holderIdentity;
  return typeof holder === 'string' ? (holder.split('_')[0] ?? null) : null;
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
}

function restartsIn(harness: Harness, namespace: string): readonly string[] {
  const { items }: { items: readonly Pod[] } = JSON.parse(
    harness.kubectl(['-n', namespace, 'get', 'pods', '-o', 'json']),
  );
  return items.flatMap(({ metadata, status: { containerStatuses = [] } }) =>
    containerStatuses
      .filter(({ restartCount }) => restartCount > 0)
      .map(({ restartCount }) => `${metadata.name}: ${restartCount}`),
  );
}
