// SPDX-License-Identifier: Apache-2.0

/**
 * `BENCH_NAME=NAMESPACE node test/cluster/troubles/run.ts [--only STEP,…] [--older FOLDER --standard FOLDER]`: a daemun that follows the cluster with the rights of an installation, and what
 * becomes of it and of steady calls when something about the cluster is not as it should be. The folders have definitions of the Gateway API of an older version, and of this
 * one in the standard channel; without them these are not tried. To be run in the network of the test cluster, with KUBECONFIG. Fails when a call failed, or
 * anything is not told, told time and again, or needs a restart to end.
 */
import { parseArgs } from 'node:util';
import { CLASS, NAMESPACE } from '../../../bench/cluster/objects.ts';
import { ADMIN_PORT, Bed, CONTROLLER, POOL } from './bed.ts';
import { Follower } from './follower.ts';
import { Grants } from './grants.ts';
import { followOlder } from './older.ts';
import { refuseByPolicy, refuseByWebhook } from './refusals.ts';
import { type Followed, loseLease, loseReads, loseWrites, startWithout } from './rights.ts';
import { rival } from './rivals.ts';

const STEPS: readonly (readonly [name: string, what: string, work: (followed: Followed) => Promise<void>])[] = [
  ['writes', 'rights to write are taken away', loseWrites],
  ['reads', 'rights to read are taken away', loseReads],
  ['lease', 'the right to the Lease is taken away', loseLease],
  ['start', 'a process starts without a right', startWithout],
  ['policy', 'a policy refuses statuses', refuseByPolicy],
  ['webhook', 'a webhook refuses statuses', refuseByWebhook],
  ['rival', 'another installation has the same controller name', rival],
];
const OLDER = 'older';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: [...STEPS.map(([name]) => name), OLDER].join() },
    older: { type: 'string' },
    standard: { type: 'string' },
  },
});
const wanted = new Set(values.only.split(','));
const bed = await Bed.open();
try {
  await bed.api.makeNamespace(NAMESPACE);
  const grants = await Grants.create({
    api: bed.api,
    name: NAMESPACE,
    namespace: NAMESPACE,
    controllerName: CONTROLLER,
  });
  try {
    await followSteps(grants);
    const { older, standard } = values;
    if (wanted.has(OLDER) && older !== undefined && standard !== undefined)
      await followOlder(bed, { older, standard }, work => withFollower(grants, work));
  } finally {
    await grants.close();
  }
} finally {
  await bed.close();
}
process.exitCode = bed.failures === 0 ? 0 : 1;

async function followSteps(grants: Grants): Promise<void> {
  const steps = STEPS.filter(([name]) => wanted.has(name));
  if (steps.length === 0) return;
  await withFollower(grants, async follower => {
    for (const [, what, work] of steps) await bed.step(what, () => work({ bed, grants, follower }));
  });
}

/** A class, a Gateway, a route, and a process that serves them under calls. */
async function withFollower(grants: Grants, work: (follower: Follower) => Promise<void>): Promise<void> {
  await bed.makeWorld();
  const place = { controllerName: CONTROLLER, leaseNamespace: NAMESPACE, pool: POOL, adminPort: ADMIN_PORT };
  const follower = new Follower({ token: grants.token(), ...place });
  try {
    await bed.call();
    await work(follower);
    bed.check('the process is the one that was started', !follower.hasEnded, 'it ended');
  } finally {
    await bed.endCalls();
    await follower.stop();
    await bed.api.delete(`/apis/gateway.networking.k8s.io/v1/gatewayclasses/${CLASS}`);
  }
}
