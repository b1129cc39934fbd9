// SPDX-License-Identifier: Apache-2.0

/**
 * daemun as an operator installs it: the image of this checkout and `daemun install --apply`, several replicas, reached through the Services
 * of the suite's Gateways.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLASS, CONTROLLER, type RunningGateway } from './gateway.ts';
import type { Harness } from './harness.ts';

const NAMESPACE = 'daemun-conformance';
const IMAGE = 'localhost/daemun:conformance';
const REPLICAS = 2;
const MAX_ROLL_OUT = '120s';
const root = join(import.meta.dirname, '../..');
const INSTALL = [
  'install',
  '--namespace',
  NAMESPACE,
  '--image',
  IMAGE,
  '--replicas',
  String(REPLICAS),
  '--class',
  CLASS,
  '--controller-name',
  CONTROLLER,
];

export interface InstalledGateway extends RunningGateway {
  /** Ends the Pod that writes, without a farewell. The name of it; null when none is known. */
  killLeader(): string | null;
  /** Containers that were started again, with their number. */
  restarts(): readonly string[];
}

/** Builds the image, installs it, and waits until all replicas are ready. @throws Error when they do not become so. */
export function installGateway(harness: Harness): InstalledGateway {
  loadImage(harness);
  harness.run(daemun('--apply', '--force'));
  try {
    harness.kubectl(['-n', NAMESPACE, 'rollout', 'status', 'deployment/daemun', '--timeout', MAX_ROLL_OUT]);
  } catch (error) {
    harness.kubectl(['delete', '--ignore-not-found', '-f', '-'], harness.run(daemun()));
    throw error;
  }
  return {
    stop: async () => void harness.kubectl(['delete', '--ignore-not-found', '-f', '-'], harness.run(daemun())),
    killLeader() {
      const leader = leaderOf(harness);
      if (leader !== null) harness.kubectl(['-n', NAMESPACE, 'delete', 'pod', leader, '--grace-period=0', '--force']);
      return leader;
    },
    restarts: () => restartsIn(harness),
  };
}

function daemun(...args: readonly string[]): readonly string[] {
  return [process.execPath, join(root, 'bin/daemun'), ...INSTALL, ...args];
}

function loadImage(harness: Harness): void {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-conformance-'));
  try {
    const archive = join(folder, 'image.tar');
    const args = ['--name', IMAGE, '--out', join(folder, 'image'), '--archive', archive];
    execFileSync(process.execPath, [join(root, 'tools/image.ts'), ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    harness.loadImage(IMAGE, archive);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The holder of the Lease names itself POD_IDENTITY. */
function leaderOf(harness: Harness): string | null {
  const { items } = JSON.parse(harness.kubectl(['-n', NAMESPACE, 'get', 'leases', '-o', 'json']));
  const holder: unknown = items[0]?.spec?.holderIdentity;
  return typeof holder === 'string' ? (holder.split('_')[0] ?? null) : null;
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
}

function restartsIn(harness: Harness): readonly string[] {
  const { items }: { items: readonly Pod[] } = JSON.parse(
    harness.kubectl(['-n', NAMESPACE, 'get', 'pods', '-o', 'json']),
  );
  return items.flatMap(({ metadata, status: { containerStatuses = [] } }) =>
    containerStatuses
      .filter(({ restartCount }) => restartCount > 0)
      .map(({ restartCount }) => `${metadata.name}: ${restartCount}`),
  );
}
