// SPDX-License-Identifier: Apache-2.0

/** Two installations with the same controller name that do not know of each other: each has a Lease of its own, and so both write. */
import { NAMESPACE } from '../../../bench/cluster/objects.ts';
import { ADDRESS, CONTROLLER } from './bed.ts';
import { Follower } from './follower.ts';
import { Grants } from './grants.ts';
import { type Followed, messages } from './rights.ts';
import { conditionOf, gatewayPath } from './world.ts';

const RIVAL = `${NAMESPACE}-rival`;
/** The address that the Gateway asks for is not among these. */
const OTHER_POOL = '10.200.124.0/24';
const ADMIN_PORT = 9941;
/** A write that is undone so often has a minute's rest. */
const CONTEST_MS = 120_000;

/** Both say in turn what they think, seldom and not for ever; what is served stays. */
export async function rival(followed: Followed): Promise<void> {
  const { api } = followed.bed;
  await api.makeNamespace(RIVAL);
  const grants = await Grants.create({ api, name: RIVAL, namespace: RIVAL, controllerName: CONTROLLER });
  try {
    await fight(followed, grants.token());
  } finally {
    await grants.close();
    await api.delete(`/api/v1/namespaces/${RIVAL}`);
  }
}

async function fight({ bed, follower }: Followed, token: string): Promise<void> {
  const since = follower.lines.length;
  const place = { controllerName: CONTROLLER, leaseNamespace: RIVAL, pool: OTHER_POOL, adminPort: ADMIN_PORT };
  const other = new Follower({ token, ...place });
  const isContested = (one: Follower): boolean => one.lines.some(({ msg }) => msg.startsWith('somebody else undoes'));
  try {
    for (const [who, one] of [
      ['the one', follower],
      ['the other', other],
    ] as const)
      await bed.becomes(
        `two write the same statuses: ${who} says so`,
        () => isContested(one),
        () => messages(one, 0),
        CONTEST_MS,
      );
    const path = `Gateway/${NAMESPACE}/bench`;
    bed.check('daemun status says so', await follower.tells(path, /somebody else undoes/), messages(follower, since));
    await bed.calm('two that write the same', follower, since);
  } finally {
    await other.stop();
  }
  const isOurs = async (): Promise<boolean> => {
    const programmed = await conditionOf(bed.api, gatewayPath('bench'), 'Programmed');
    const { status } = await bed.api.get<{ status?: { addresses?: readonly { value: string }[] } }>(
      gatewayPath('bench'),
    );
    return programmed?.status === 'True' && status?.addresses?.[0]?.value === ADDRESS;
  };
  await bed.becomes('the other is gone: statuses are those of the one, without a restart', isOurs, () =>
    messages(follower, since),
  );
}
