// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { messageOf } from '../../errors/index.ts';
import type { KubeClient, KubeRequest, KubeResponse } from '../../store/index.ts';
import type { Clock } from '../../time/index.ts';
import type { StatusPage } from './status-page.ts';

/** What the Pods of daemun have in common, whoever installed them and wherever. */
export const POD_LABEL = 'app.kubernetes.io/name=daemun';
/** The port of the admin address; a Pod that names none has the default one. */
const ADMIN_PORT_NAME = 'admin';
const DEFAULT_ADMIN_PORT = 9900;
/** A Pod that hangs must not keep whoever looks at the others. */
const ASK_TIMEOUT_MS = 5_000;

/** Of Pods, at a time: each answer goes through the API server. */
const MAX_ASKED_AT_ONCE = 16;

/** A Pod of daemun, as far as it matters here. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly adminPort: number;
  /** As its arguments say; null: they do not. */
  readonly controllerName: string | null;
  /** '' when it is ready; else why it is not. */
  readonly problem: string;
  /** Since when it is, or is not; RFC 3339. */
  readonly since: string | null;
}

const podSchema = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string(), deletionTimestamp: z.string().optional() }),
  spec: z.object({
    containers: z.array(
      z.object({
        args: z.array(z.string()).default([]),
        ports: z.array(z.object({ name: z.string().optional(), containerPort: z.number() })).default([]),
      }),
    ),
  }),
  status: z.object({
    phase: z.string().default('Unknown'),
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() }))
      .default([]),
    containerStatuses: z
      .array(
        z.object({
          restartCount: z.number().default(0),
          state: z.object({ waiting: z.object({ reason: z.string().default('') }).optional() }).optional(),
        }),
      )
      .default([]),
  }),
});
const listSchema = z.object({ items: z.array(podSchema) });

/** The Pods of daemun, of all namespaces, but those of another controller, such as agents of the mesh; or why they cannot be listed. */
export async function listPods(
  client: Pick<KubeClient, 'request'>,
  controllerName: string,
): Promise<readonly Pod[] | { readonly fault: string }> {
  const query = { labelSelector: POD_LABEL };
  const { status, json } = await client.request({ method: 'GET', path: '/api/v1/pods', query });
  if (status !== 200) return { fault: `Pods cannot be listed: ${status} ${messageIn(json)}`.trim() };
  const list = listSchema.safeParse(json);
  if (!list.success) return { fault: 'the list of Pods cannot be read' };
  return list.data.items.map(podOf).filter(pod => pod.controllerName === null || pod.controllerName === controllerName);
}

function podOf({ metadata, spec, status }: z.infer<typeof podSchema>): Pod {
  const ports = spec.containers.flatMap(container => container.ports);
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const isGoing = metadata.deletionTimestamp !== undefined;
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    adminPort: ports.find(({ name }) => name === ADMIN_PORT_NAME)?.containerPort ?? DEFAULT_ADMIN_PORT,
    controllerName: controllerNameIn(spec.containers.flatMap(({ args }) => args)),
    problem: isGoing ? 'it is being deleted' : ready?.status === 'True' ? '' : whyNotReady(status),
    since: ready?.lastTransitionTime ?? null,
  };
}

/** As the chart writes it. */
function controllerNameIn(args: readonly string[]): string | null {
  const flag = '--controller-name=';
  return args.find(arg => arg.startsWith(flag))?.slice(flag.length) ?? null;
}

function whyNotReady({ phase, containerStatuses }: z.infer<typeof podSchema>['status']): string {
  const waiting = containerStatuses.map(({ state }) => state?.waiting?.reason ?? '').find(reason => reason !== '');
  const restarts = containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const times = restarts === 0 ? '' : `, restarted ${restarts} times`;
  return `it is not ready (${waiting ?? phase}${times})`;
}

/** What the API server says in a failure. */
export function messageIn(json: unknown): string {
  const failure = z.object({ message: z.string() }).safeParse(json);
  return failure.success ? failure.data.message : '';
}

/** What `ask` finds out of each Pod, in their order; a few are asked at a time, and one that hangs holds up none but its own turn. */
export async function askEach<T>(pods: readonly Pod[], ask: (pod: Pod) => Promise<T>): Promise<readonly T[]> {
  const answers: T[] = [];
  const queue = pods.entries();
  const take = async (): Promise<void> => {
    for (const [at, pod] of queue) answers[at] = await ask(pod);
  };
  await Promise.all(Array.from({ length: MAX_ASKED_AT_ONCE }, take));
  return answers;
}

export interface Asking {
  readonly client: Pick<KubeClient, 'request'>;
  readonly clock: Clock;
}

/** Asks a Pod for a page of its admin address, through the API server; or why it does not answer. */
export async function askPod(
  asking: Asking,
  { namespace, name, adminPort }: Pod,
  page: string,
): Promise<{ readonly json: unknown } | { readonly fault: string }> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}:${adminPort}/proxy/${page}`;
  const answer = await askInTime(asking, { method: 'GET', path });
  if ('fault' in answer) return { fault: `cannot be asked: ${answer.fault}` };
  const { status, json } = answer;
  return status === 200 ? { json } : { fault: `cannot be asked: ${status} ${messageIn(json)}`.trim() };
}

/** One answer among many that are wanted, whatever it says; or why there is none. */
export async function askInTime(
  { client, clock }: Asking,
  request: KubeRequest,
): Promise<KubeResponse | { readonly fault: string }> {
  const late = new AbortController();
  const timer = clock.after(ASK_TIMEOUT_MS, () => late.abort(new Error('no answer within 5 s')));
  try {
    return await client.request({ ...request, signal: late.signal });
  } catch (error) {
    return { fault: messageOf(error) };
  } finally {
    timer.cancel();
  }
}

/** The page of a daemun that has one as we do. */
export function isStatusPage(json: unknown): json is StatusPage {
  if (typeof json !== 'object' || json === null) return false;
  return ['process', 'versions', 'source', 'readiness', 'counts', 'troubles'].every(field => field in json);
}
