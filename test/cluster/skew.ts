// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run cluster -- --skew REF`: an older version, any commit of this repository, and this one side by side in one release of the chart: upgraded and rolled back under calls of all kinds,
 * and held half-way each time, with either as the one that writes. Needs helm. Ends with what calls and streams noticed.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Harness } from '../conformance/harness.ts';
import { loadImage } from '../conformance/installed-gateway.ts';

const NAMESPACE = 'daemun-skew';
const CLASS = 'daemun-skew';
const IMAGE = 'localhost/daemun';
const OLD = 'skew-old';
const NEW = 'skew-new';
const REPLICAS = 2;
const CHART = 'packaging/helm/daemun';
const root = join(import.meta.dirname, '../..');

/** True: no call failed, and all that was looked at was as it should be. */
export async function followSkew(harness: Harness, ref: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-skew-'));
  const older = join(folder, 'older');
  git('worktree', 'add', '--quiet', '--detach', older, ref);
  try {
    symlinkSync(join(root, 'node_modules'), join(older, 'node_modules'));
    loadImage(harness, `${IMAGE}:${OLD}`, older);
    loadImage(harness, `${IMAGE}:${NEW}`);
    const values = join(folder, 'values.json');
    writeFileSync(values, JSON.stringify(valuesOf()));
    const release = (chart: string, tag: string): readonly string[] => [
      'daemun',
      join(chart, CHART),
      '--namespace',
      NAMESPACE,
      '--values',
      values,
      '--set',
      `image.tag=${tag}`,
    ];
    harness.run(['helm', 'install', ...release(older, OLD), '--create-namespace', '--wait']);
    return await rollOut(harness, [
      ['helm', 'upgrade', ...release(root, NEW)],
      ['helm', 'rollback', 'daemun', '--namespace', NAMESPACE],
    ]);
  } finally {
    harness.run(['sh', '-c', `helm uninstall daemun --namespace ${NAMESPACE} --wait || true`]);
    harness.kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false']);
    git('worktree', 'remove', '--force', older);
    rmSync(folder, { recursive: true });
  }
}

function valuesOf(): object {
  return {
    image: { repository: IMAGE },
    replicas: REPLICAS,
    controllerName: `daemun.dev/${NAMESPACE}`,
    gatewayClass: { name: CLASS },
    personas: { create: false },
  };
}

async function rollOut(harness: Harness, changes: readonly (readonly string[])[]): Promise<boolean> {
  const step = [process.execPath, join(import.meta.dirname, 'skew-step.ts'), NAMESPACE];
  const steps = changes.flatMap(change => ['--run', [...step, ...change].join(' ')]);
  const bench = [process.execPath, join(root, 'bench/cluster/rolling.ts'), '--class', CLASS];
  const what = ['--deployment', `${NAMESPACE}/daemun`, '--image', `${IMAGE}:${NEW}`, ...steps];
  const child = harness.start([...bench, ...what], process.stdout.fd);
  const [code] = await once(child, 'exit');
  return code === 0;
}

function git(...args: readonly string[]): void {
  execFileSync('git', ['-C', root, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}
