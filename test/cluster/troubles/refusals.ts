// SPDX-License-Identifier: Apache-2.0

/** Somebody between daemun and the API server refuses statuses for a while: a policy, or a webhook that says no, or says nothing. */
import { setTimeout as wait } from 'node:timers/promises';
import { NAMESPACE, ROUTES, route } from '../../../bench/cluster/objects.ts';
import { type Followed, messages } from './rights.ts';
import { Webhook } from './webhook.ts';
import { conditionOf, gateway, gatewayPath } from './world.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
/** Objects of one kind that are refused alike. */
const ROUTES_REFUSED = 60;
/** Those of the steps of a webhook come after those of a policy. */
const FIRST_OF_WEBHOOK = 200;
const SECOND = '10.200.125.13';
/** A policy, or a webhook's configuration, is known to the API server soon after it is made. */
const KNOWN_AFTER_MS = 2_000;
/** Lines that a refusal of so many objects may take. */
const MAX_LINES = 10;

/** Statuses of routes are refused by a policy: one status 422 or 403 an object, with the policy's words. */
export async function refuseByPolicy(followed: Followed): Promise<void> {
  const { bed } = followed;
  const metadata = { name: NAMESPACE };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  await bed.api.apply(`${ADMISSION}/validatingadmissionpolicies/${NAMESPACE}`, {
    ...{ apiVersion, kind: 'ValidatingAdmissionPolicy', metadata },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule(['UPDATE'])] },
      validations: [{ expression: 'false', message: 'statuses are frozen' }],
    },
  });
  await bed.api.apply(`${ADMISSION}/validatingadmissionpolicybindings/${NAMESPACE}`, {
    ...{ apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata },
    spec: { policyName: NAMESPACE, validationActions: ['Deny'] },
  });
  const heal = async (): Promise<void> => {
    await bed.api.delete(`${ADMISSION}/validatingadmissionpolicybindings/${NAMESPACE}`);
    await bed.api.delete(`${ADMISSION}/validatingadmissionpolicies/${NAMESPACE}`);
  };
  await refused(followed, { what: 'a policy', first: 100, words: /statuses are frozen/, heal });
}

/** The same by a webhook that says no; then by one that is not there, so that the API server answers 500. */
export async function refuseByWebhook(followed: Followed): Promise<void> {
  const webhook = await Webhook.open();
  const { bed } = followed;
  const path = `${ADMISSION}/validatingwebhookconfigurations/${NAMESPACE}`;
  try {
    await bed.api.apply(path, webhook.configuration(NAMESPACE, rule(['UPDATE'])));
    const heal = (): Promise<void> => {
      webhook.allows = true;
      return Promise.resolve();
    };
    await refused(followed, { what: 'a webhook', first: FIRST_OF_WEBHOOK, words: /statuses are frozen/, heal });
    await failing(followed, webhook);
  } finally {
    await bed.api.delete(path);
    webhook.close();
  }
}

interface Refusal {
  readonly what: string;
  /** The first of the routes that are made meanwhile. */
  readonly first: number;
  readonly words: RegExp;
  heal(): Promise<void>;
}

/** Many objects of a kind are refused alike: told in few lines, served all the same, and written when they may be. */
async function refused({ bed, follower }: Followed, { what, first, words, heal }: Refusal): Promise<void> {
  const last = `${ROUTES}/route-${first + ROUTES_REFUSED - 1}`;
  try {
    await wait(KNOWN_AFTER_MS);
    const since = follower.lines.length;
    for (let index = first; index < first + ROUTES_REFUSED; index++)
      await bed.api.apply(`${ROUTES}/route-${index}`, route(index, '/'));
    await bed.becomes(
      `${what} refuses statuses: daemun status says so`,
      async () => (await follower.page()).troubles.shown.some(({ message }) => words.test(message)),
      () => messages(follower, since),
    );
    bed.check('what is refused is served', (await bed.statusOf(first, '/')) === 200, 'it is not');
    await bed.calm(what, follower, since);
    const lines = follower.lines.slice(since).filter(({ level }) => level === 'warn');
    const told = `${what}: ${lines.length} lines tell of ${ROUTES_REFUSED} objects`;
    bed.check(told, lines.length <= MAX_LINES, messages(follower, since));
  } finally {
    await heal();
  }
  const isTold = async (): Promise<boolean> => (await conditionOf(bed.api, last, 'Accepted'))?.status === 'True';
  await bed.becomes(`${what} lets statuses be: they are written, without a restart`, isTold, () => '');
  await bed.becomes(
    `${what} lets statuses be: daemun status is well`,
    async () => !(await follower.page()).troubles.shown.some(({ message }) => words.test(message)),
    () => messages(follower, 0),
  );
  for (let index = first; index < first + ROUTES_REFUSED; index++) await bed.api.delete(`${ROUTES}/route-${index}`);
}

/** Nobody answers for the webhook: statuses of one kind cannot be written, and those of others are not kept from it. */
async function failing({ bed, follower }: Followed, webhook: Webhook): Promise<void> {
  const since = follower.lines.length;
  const first = FIRST_OF_WEBHOOK + ROUTES_REFUSED;
  await webhook.leave();
  for (let index = first; index < first + ROUTES_REFUSED; index++)
    await bed.api.apply(`${ROUTES}/route-${index}`, route(index, '/'));
  const startedMs = performance.now();
  await bed.api.apply(gatewayPath('third'), gateway('third', SECOND));
  await bed.becomes(
    'a webhook is gone: what it is not asked about is written',
    async () => (await conditionOf(bed.api, gatewayPath('third'), 'Programmed'))?.status === 'True',
    () => messages(follower, since),
  );
  const tookS = (performance.now() - startedMs) / 1_000;
  bed.check(`… and is not kept waiting by what cannot be: ${tookS.toFixed(1)} s`, tookS < 20, '');
  await bed.becomes(
    'a webhook is gone: daemun status says so',
    async () => (await follower.page()).troubles.shown.some(({ message }) => /failed calling webhook/.test(message)),
    () => messages(follower, since),
  );
  await bed.calm('a webhook that is gone', follower, since);
  await webhook.comeBack();
  const last = `${ROUTES}/route-${first + ROUTES_REFUSED - 1}`;
  await bed.becomes(
    'a webhook is back: statuses are written, without a restart',
    async () => (await conditionOf(bed.api, last, 'Accepted'))?.status === 'True',
    () => messages(follower, since),
  );
  await bed.api.delete(gatewayPath('third'));
  for (let index = first; index < first + ROUTES_REFUSED; index++) await bed.api.delete(`${ROUTES}/route-${index}`);
}

function rule(operations: readonly string[]): object {
  return {
    ...{ apiGroups: ['gateway.networking.k8s.io'], apiVersions: ['*'], operations },
    ...{ resources: ['httproutes/status'], scope: 'Namespaced' },
  };
}
