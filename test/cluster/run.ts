// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run cluster`: daemun as it is installed, and the guides of the examples followed on the test cluster, each step with what it promises.
 *
 *     npm run cluster [-- --cluster FOLDER] [--helm] [--keep]
 *
 * Starts the cluster if it is not up (and stops it again unless `--keep`). With `--helm` it is a release of the chart, else what `daemun install` makes. Exit code 1 when a step does not keep its promise, 3 when there
 * is no cluster to run on.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Harness, NoCluster } from '../conformance/harness.ts';
import { type Installation, installGateway } from '../conformance/installed-gateway.ts';
import { followDocuments } from './documents.ts';
import { ClusterSteps } from './steps.ts';
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
    const gateway = installGateway(harness, INSTALLATION, values.helm ? 'helm' : 'daemun');
    try {
      const steps = new ClusterSteps(harness, INSTALLATION, root);
      await followTutorial(steps);
      await followDocuments(steps);
      steps.check('no container was started again', gateway.restarts().length === 0, gateway.restarts().join());
      return steps.failures === 0 ? 0 : 1;
    } finally {
      await gateway.stop();
    }
  } finally {
    if (!wasUp && !values.keep) harness.down();
  }
}
