// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run cluster`: daemun as it is installed, and the guides of the examples followed on the test cluster, each step with what it promises.
 *
 *     npm run cluster [-- --cluster FOLDER] [--helm] [--mesh-only | --troubles-only] [--skew REF] [--keep]
 *
 * Starts the cluster if it is not up (and stops it again unless `--keep`). The guides of Gateways come first, with `--helm` on a release of the chart, else on what
 * `daemun install` makes; then that of the mesh, with an agent for the node, whose log is `agent.log` in the folder for temporary files; last what becomes of a process when its cluster is not as it should be. With `--skew`
 * nothing but an upgrade from the version at that commit, and the way back, is tried: see `skew.ts`. Exit code 1 when a step does not keep its promise, 3 when there is no cluster to run on.
 */
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Harness, NoCluster } from '../conformance/harness.ts';
import { type Installation, installGateway, loadImage } from '../conformance/installed-gateway.ts';
import { followDocuments } from './documents.ts';
import { followMesh } from './mesh.ts';
import { followSkew } from './skew.ts';
import { ClusterSteps } from './steps.ts';
import { followTroubles } from './troubles.ts';
import { followTutorial } from './tutorial.ts';

const INSTALLATION: Installation = {
  namespace: 'daemun-examples',
  image: 'localhost/daemun:examples',
  className: 'daemun-examples',
  controllerName: 'daemun.dev/examples',
};
const root = resolve(import.meta.dirname, '../..');

const { values } = parseArgs({
  options: {
    cluster: { type: 'string', default: '../shared/cluster' },
    helm: { type: 'boolean', default: false },
    'mesh-only': { type: 'boolean', default: false },
    'troubles-only': { type: 'boolean', default: false },
    skew: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
});

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`cluster: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof NoCluster ? 3 : 1;
}

async function main(): Promise<number> {
  const harness = new Harness(resolve(root, values.cluster));
  const wasUp = harness.isUp;
  harness.up();
  try {
    if (values.skew !== '') return (await followSkew(harness, values.skew)) ? 0 : 1;
    const steps = new ClusterSteps(harness, INSTALLATION, root);
    if (!values['troubles-only']) await followGuides(harness, steps);
    if (!values['mesh-only']) await followTroubles(steps, harness);
    return steps.failures === 0 ? 0 : 1;
  } finally {
    if (!wasUp && !values.keep) harness.down();
  }
}

async function followGuides(harness: Harness, steps: ClusterSteps): Promise<void> {
  if (values['mesh-only']) loadImage(harness, INSTALLATION.image);
  else await withGateway(harness, steps);
  await followMesh(steps, harness, tmpdir());
}

/** The guides of Gateways. */
async function withGateway(harness: Harness, steps: ClusterSteps): Promise<void> {
  const gateway = installGateway(harness, INSTALLATION, values.helm ? 'helm' : 'daemun');
  try {
    await followTutorial(steps);
    await followDocuments(steps);
    steps.check('no container was started again', gateway.restarts().length === 0, gateway.restarts().join());
  } finally {
    await gateway.stop();
  }
}
