// SPDX-License-Identifier: Apache-2.0

/** A cluster with older definitions of the Gateway API, or those of the other channel, which are brought up to date under a process that runs. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Api } from '../../../bench/cluster/api.ts';
import { CLASS } from '../../../bench/cluster/objects.ts';
import type { Bed } from './bed.ts';
import { Definitions } from './definitions.ts';
import type { Follower } from './follower.ts';
import { messages } from './rights.ts';
import { conditionOf, GATEWAY_API } from './world.ts';

const SETTLED_AFTER_MS = 10_000;
const CLASS_PATH = `${GATEWAY_API}/gatewayclasses/${CLASS}`;

/** Folders of manifests: definitions of an older version, and of this one in the standard channel. */
export interface Bundles {
  readonly older: string;
  readonly standard: string;
}

/** `start` makes the world, and who follows it; it ends when `work` has. */
export async function followOlder(
  bed: Bed,
  { older, standard }: Bundles,
  start: (work: (follower: Follower) => Promise<void>) => Promise<void>,
): Promise<void> {
  const definitions = await Definitions.of(bed.api);
  await definitions.remove();
  try {
    await definitions.install(older);
    await start(async follower => {
      await bed.step('older definitions', () => live(bed, follower));
      await bed.step('older definitions are brought up to date', async () => {
        await definitions.install(standard);
        await isSupported(bed, follower, 'the standard channel');
      });
      const before = await features(bed.api);
      await bed.step('the experimental channel takes the place of the standard one', async () => {
        await definitions.restore();
        await isSupported(bed, follower, 'the experimental channel');
        await bed.becomes(
          'features of the experimental channel are told of',
          async () => (await features(bed.api)) > before,
          () => messages(follower, 0),
        );
      });
      bed.check('nothing is warned of', !follower.lines.some(({ level }) => level === 'error'), messages(follower, 0));
    });
  } finally {
    await definitions.restore();
  }
}

/** Definitions without kinds and fields that are newer: nothing is said time and again, and nothing is written that they do not hold. */
async function live(bed: Bed, follower: Follower): Promise<void> {
  const isTold = async (): Promise<boolean> => {
    const condition = await conditionOf(bed.api, CLASS_PATH, 'SupportedVersion');
    return condition?.status === 'False' && condition.message.includes('v1.2');
  };
  await bed.becomes('the class says that they are of another version', isTold, () => messages(follower, 0));
  bed.check('it is ready', await follower.isReady(), messages(follower, 0));
  await bed.calm('older definitions', follower, 0);
}

async function isSupported(bed: Bed, follower: Follower, what: string): Promise<void> {
  await bed.becomes(
    `${what}: the class says that its version is supported, without a restart`,
    async () => (await conditionOf(bed.api, CLASS_PATH, 'SupportedVersion'))?.status === 'True',
    () => messages(follower, 0),
  );
  // Watches of kinds whose definitions changed begin anew.
  await wait(SETTLED_AFTER_MS);
  await bed.calm(what, follower, follower.lines.length);
}

async function features(api: Api): Promise<number> {
  const { status } = await api.get<{ status?: { supportedFeatures?: readonly object[] } }>(CLASS_PATH);
  return status?.supportedFeatures?.length ?? 0;
}
