// SPDX-License-Identifier: Apache-2.0

/** A cluster that is not as it should be: rights that are missing, statuses that are refused, a rival, definitions of another version. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Harness } from '../conformance/harness.ts';
import type { ClusterSteps } from './steps.ts';

/** Of all that is made for it. */
const NAME = 'daemun-troubles';
/** Whose definitions a cluster may have, with those of which channel. */
const OLDER = 'v1.2.1';
const CURRENT = 'v1.7.0';
const CHANNEL = 'config/crd/standard';

/** Follows all steps in the network of the cluster. A failure counts as one, and is told there. */
export async function followTroubles(steps: ClusterSteps, harness: Harness): Promise<void> {
  const [older, standard] = [definitionsOf(OLDER), definitionsOf(CURRENT)];
  const isThere = older !== null && standard !== null;
  if (!isThere) steps.skip(`troubles: definitions of ${OLDER}, which Go would bring`);
  const bundles = isThere ? ['--older', older, '--standard', standard] : [];
  const program = [process.execPath, join(import.meta.dirname, 'troubles/run.ts'), ...bundles];
  const child = harness.start(['env', `BENCH_NAME=${NAME}`, ...program], process.stdout.fd);
  const [code] = await once(child, 'exit');
  steps.check('troubles: all of them are stood', code === 0, `exit code ${code}`);
}

/** The folder of a release's definitions, as its Go module has them; null: there is no Go, or it cannot bring them. */
function definitionsOf(version: string): string | null {
  const args = ['mod', 'download', '-json', `sigs.k8s.io/gateway-api@${version}`];
  try {
    // The modules ask for a Go that may be newer than the one that is installed, which brings it then.
    const env = { ...process.env, GOTOOLCHAIN: 'auto' };
    const told = execFileSync('go', args, {
      cwd: tmpdir(),
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return join((JSON.parse(told) as { readonly Dir: string }).Dir, CHANNEL);
  } catch {
    return null;
  }
}
