// SPDX-License-Identifier: Apache-2.0

/** Rights that are missing: taken from a process that runs, or never given to one that starts. */
import { NAMESPACE, ROUTES, route } from '../../../bench/cluster/objects.ts';
import { ADMIN_PORT, type Bed, CONTROLLER, POOL } from './bed.ts';
import { Follower } from './follower.ts';
import type { Grants, Right } from './grants.ts';
import { conditionOf, gateway, gatewayPath } from './world.ts';

export interface Followed {
  readonly bed: Bed;
  readonly grants: Grants;
  readonly follower: Follower;
}

/** An address of the pool that a second Gateway gets. */
const SECOND = '10.200.125.12';
const CHANGES: ReadonlySet<string> = new Set(['create', 'patch', 'update']);
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** Whoever may not read these does not begin: it would take the place of one that serves more. */
const NEEDED = ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'services', 'endpointslices'] as const;
/** These are done without. */
const OPTIONAL = ['secrets', 'namespaces', 'referencegrants', 'tcproutes'] as const;
const KIND_OF: Readonly<Record<(typeof OPTIONAL)[number], string>> = {
  secrets: 'Secret',
  namespaces: 'Namespace',
  referencegrants: 'ReferenceGrant',
  tcproutes: 'TCPRoute',
};

/** Statuses, Events and objects that may not be written any more. */
export async function loseWrites({ bed, grants, follower }: Followed): Promise<void> {
  const since = follower.lines.length;
  const lost = new Set(['httproutes/status', 'events', 'services', 'endpointslices']);
  await grants.without(({ resource, verb }) => lost.has(resource) && CHANGES.has(verb));
  await bed.api.apply(gatewayPath('second'), gateway('second', SECOND));
  await bed.api.apply(`${ROUTES}/route-2`, { ...route(2, '/', 2) });
  const kinds = ['HTTPRoute', 'Service', 'EndpointSlice', 'Event'];
  for (const kind of kinds)
    await bed.becomes(
      `${kind} may not be written: daemun status says so`,
      () => follower.tells(`kind ${kind}`, /cannot \w+ resource/),
      () => messages(follower, since),
    );
  const secondIsThere = async (): Promise<boolean> =>
    (await conditionOf(bed.api, gatewayPath('second'), 'Programmed'))?.status === 'True';
  await bed.becomes('what may be written is', secondIsThere, () => messages(follower, since));
  await bed.calm('what may not be written', follower, since);
  await grants.restore();
  for (const kind of kinds)
    await bed.becomes(
      `${kind} may be written again, without a restart`,
      async () => !(await follower.tells(`kind ${kind}`, /./)),
      () => messages(follower, since),
    );
  const isTold = async (): Promise<boolean> =>
    (await conditionOf(bed.api, `${ROUTES}/route-2`, 'ResolvedRefs')) !== undefined;
  await bed.becomes('the status that was due is written', isTold, () => messages(follower, since));
  await bed.api.delete(gatewayPath('second'));
}

/** Kinds that may not be read any more, each in its own way: what is known of them is served on. */
export async function loseReads({ bed, grants, follower }: Followed): Promise<void> {
  const since = follower.lines.length;
  const isLost = ({ group, resource, verb }: Right): boolean =>
    (resource === 'httproutes' && READS.has(verb)) ||
    (resource === 'endpointslices' && verb === 'watch') ||
    (group === '' && resource === 'secrets' && READS.has(verb));
  await grants.without(isLost);
  for (const kind of ['HTTPRoute', 'EndpointSlice', 'Secret'])
    await bed.becomes(
      `${kind} may not be read: daemun status says so`,
      () => follower.tells(`kind ${kind}`, /it may not be read/),
      () => messages(follower, since),
    );
  bed.check('what was read before keeps it ready', await follower.isReady(), '');
  await bed.api.apply(`${ROUTES}/route-1`, route(1, '/'));
  await bed.calm('what may not be read', follower, since);
  bed.check('what is new of it is not served', (await bed.statusOf(1, '/')) === 404, 'it is');
  await grants.restore();
  await bed.becomes(
    'what is new is served, without a restart',
    async () => (await bed.statusOf(1, '/')) === 200,
    () => messages(follower, since),
  );
  await bed.becomes(
    'no kind is missed any more',
    async () => !(await follower.page()).troubles.shown.some(({ subject }) => subject.startsWith('kind ')),
    () => messages(follower, since),
  );
}

/** The Lease may not be had: nobody writes, all is served. */
export async function loseLease({ bed, grants, follower }: Followed): Promise<void> {
  const since = follower.lines.length;
  await grants.without(({ resource }) => resource === 'leases');
  const leads = async (): Promise<boolean> => {
    const { source } = await follower.page();
    return source.kind === 'cluster' && source.isLeading;
  };
  await bed.becomes(
    'the Lease may not be had: it does not lead',
    async () => !(await leads()),
    () => messages(follower, since),
  );
  const page = await follower.page();
  const told = page.troubles.shown.filter(({ subject }) => subject.startsWith(`Lease ${NAMESPACE}/`));
  bed.check('daemun status says that it cannot be had', told.length === 1, JSON.stringify(page.troubles));
  await bed.calm('a Lease that may not be had', follower, since);
  await grants.restore();
  await bed.becomes('it leads again, without a restart', leads, () => messages(follower, since));
}

/** A second process starts without a right: it takes no calls that it could not answer. */
export async function startWithout({ bed, grants }: Omit<Followed, 'follower'>): Promise<void> {
  for (const resource of NEEDED) {
    await grants.without(right => right.resource === resource && READS.has(right.verb));
    const second = startSecond(grants);
    try {
      const isTold = (): boolean => second.lines.some(({ msg }) => msg.startsWith('a kind may not be read'));
      await bed.eventually('the missing right is told', isTold);
      bed.check(
        `one that starts without the right to read ${resource} is not ready`,
        !(await second.isReady()),
        'it is',
      );
      await grants.restore();
      await bed.becomes(
        `… and is, once it has the right, without a restart`,
        () => second.isReady(),
        () => messages(second, 0),
      );
    } finally {
      await second.stop();
    }
  }
  await startWithoutOptional(bed, grants);
}

async function startWithoutOptional(bed: Bed, grants: Grants): Promise<void> {
  const missing: ReadonlySet<string> = new Set(OPTIONAL);
  await grants.without(right => missing.has(right.resource) && READS.has(right.verb) && right.name === null);
  const second = startSecond(grants);
  try {
    await bed.becomes(
      `one that starts without the right to read ${OPTIONAL.join(', ')} is ready`,
      () => second.isReady(),
      () => messages(second, 0),
    );
    for (const resource of OPTIONAL) {
      const kind = KIND_OF[resource];
      const isTold = await second.tells(`kind ${kind}`, /it may not be read/);
      const lines = second.lines.filter(line => line.msg.startsWith('a kind may not') && line['kind'] === kind);
      bed.check(`… and says once that it may not read ${kind}`, isTold && lines.length === 1, messages(second, 0));
    }
    await grants.restore();
    await bed.becomes(
      '… and reads them once it may, without a restart',
      async () => !(await second.page()).troubles.shown.some(({ subject }) => subject.startsWith('kind ')),
      () => messages(second, 0),
    );
  } finally {
    await second.stop();
  }
}

function startSecond(grants: Grants): Follower {
  return new Follower({
    token: grants.token(),
    controllerName: CONTROLLER,
    leaseNamespace: NAMESPACE,
    pool: POOL,
    adminPort: ADMIN_PORT,
    answersAt: ADMIN_PORT + 1,
  });
}

/** What a process said, for whoever looks at a failure. */
export function messages(follower: Follower, since: number): string {
  return follower.lines
    .slice(since)
    .map(({ level, msg, kind, object, error }) => [level, msg, kind, object, error].filter(Boolean).join(' '))
    .join('\n  ');
}
