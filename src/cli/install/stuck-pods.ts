// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { KubeClient } from '../../store/index.ts';

/** Pods that are told of: they are alike. */
const MAX_PODS = 3;

const condition = z.object({ type: z.string(), status: z.string(), message: z.string().default('') });
const waiting = z.object({ reason: z.string().default(''), message: z.string().default('') });
const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({
        phase: z.string().default('Unknown'),
        conditions: z.array(condition).default([]),
        containerStatuses: z
          .array(
            z.object({
              restartCount: z.number().default(0),
              state: z.object({ waiting: waiting.optional() }).optional(),
            }),
          )
          .default([]),
      }),
    }),
  ),
});
const events = z.object({
  items: z.array(z.object({ type: z.string().default(''), message: z.string().default('') })),
});

export interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Why a workload does not get on, by its Pods that are not ready and what the cluster warned of; a line each. */
export async function whyStuck(client: KubeClient, workload: Workload): Promise<readonly string[]> {
  const { kind, namespace, name, labels } = workload;
  const root = `/api/v1/namespaces/${namespace}`;
  const labelSelector = Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  const listed = await client.request({ method: 'GET', path: `${root}/pods`, query: { labelSelector } });
  const found = pods.safeParse(listed.json);
  const unready = (found.success ? found.data.items : []).filter(({ status }) => !isReady(status.conditions));
  // Its Service, its ServiceAccount and more have the same name.
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  const told = await client.request({ method: 'GET', path: `${root}/events`, query: { fieldSelector } });
  const warned = events.safeParse(told.json);
  const warnings = warned.success ? warned.data.items.filter(({ type }) => type === 'Warning') : [];
  const last = warnings.at(-1);
  return [
    ...unready.slice(0, MAX_PODS).map(({ metadata, status }) => `Pod ${metadata.name}: ${whyUnready(status)}`),
    ...(unready.length > MAX_PODS ? [`${unready.length - MAX_PODS} more Pods`] : []),
    ...(last === undefined ? [] : [last.message]),
  ];
}

function isReady(conditions: readonly z.infer<typeof condition>[]): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function whyUnready({ phase, conditions, containerStatuses }: z.infer<typeof pods>['items'][number]['status']): string {
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled !== undefined) return `no node takes it: ${unscheduled.message}`;
  const [held] = containerStatuses.flatMap(({ state }) => state?.waiting ?? []);
  const restarts = containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const times = restarts === 0 ? '' : `, restarted ${restarts} times`;
  if (held === undefined) return `${phase}, not ready${times}`;
  return `${held.reason}${times}${held.message === '' ? '' : `: ${held.message}`}`;
}
