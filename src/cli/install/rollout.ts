// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';

/** How far an object is on its way to what was applied. */
export interface Progress {
  readonly isDone: boolean;
  readonly text: string;
}

/** Kinds that are waited for, with the names of their collections. */
export const AWAITED = { Deployment: 'deployments', DaemonSet: 'daemonsets', GatewayClass: 'gatewayclasses' } as const;
export type AwaitedKind = keyof typeof AWAITED;

const conditions = z
  .array(
    z.object({
      type: z.string(),
      status: z.string(),
      reason: z.string().default(''),
      message: z.string().default(''),
      observedGeneration: z.number().default(0),
    }),
  )
  .default([]);
const count = z.number().default(0);
const deployment = z.object({
  metadata: z.object({ generation: count }),
  spec: z.object({ replicas: z.number().default(1) }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      conditions,
    })
    .prefault({}),
});
const daemonSet = z.object({
  metadata: z.object({ generation: count }),
  status: z
    .object({
      observedGeneration: count,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
    })
    .prefault({}),
});
const gatewayClass = z.object({
  metadata: z.object({ generation: count }),
  status: z.object({ conditions }).prefault({}),
});

/** How far the object is that the API server has; `json`: as it answers. */
export function progressOf(kind: AwaitedKind, json: unknown): Progress {
  switch (kind) {
    case 'Deployment': {
      const { metadata, spec, status } = deployment.parse(json);
      const { updatedReplicas: made, availableReplicas: ready, replicas } = status;
      const isSeen = status.observedGeneration >= metadata.generation;
      const failure = status.conditions.find(one => one.type === 'ReplicaFailure' && one.status === 'True');
      return podProgress({
        isSeen,
        wanted: spec.replicas,
        made,
        ready,
        older: replicas - made,
        why: failure?.message ?? '',
      });
    }
    case 'DaemonSet': {
      const { metadata, status } = daemonSet.parse(json);
      const { desiredNumberScheduled: wanted, updatedNumberScheduled: made, numberAvailable: ready } = status;
      return podProgress({
        isSeen: status.observedGeneration >= metadata.generation,
        wanted,
        made,
        ready,
        older: 0,
        why: '',
      });
    }
    case 'GatewayClass':
      return classProgress(json);
  }
}

interface PodCounts {
  /** The cluster has begun with what was applied. */
  readonly isSeen: boolean;
  readonly wanted: number;
  /** Of what was applied. */
  readonly made: number;
  readonly ready: number;
  /** Of what was there before. */
  readonly older: number;
  /** Why no more are made; '': nothing keeps them. */
  readonly why: string;
}

function podProgress({ isSeen, wanted, made, ready, older, why }: PodCounts): Progress {
  if (!isSeen) return { isDone: false, text: 'the cluster has not begun with it' };
  if (made < wanted)
    return { isDone: false, text: `${made} of ${wanted} Pods are made${why === '' ? '' : `: ${why}`}` };
  if (older > 0) return { isDone: false, text: `${older} of the Pods before have not ended` };
  return { isDone: ready >= wanted, text: `${Math.min(ready, wanted)} of ${wanted} Pods are ready` };
}

function classProgress(json: unknown): Progress {
  const { metadata, status } = gatewayClass.parse(json);
  const accepted = status.conditions.find(
    ({ type, observedGeneration }) => type === 'Accepted' && observedGeneration >= metadata.generation,
  );
  if (accepted === undefined || accepted.status === 'Unknown')
    return { isDone: false, text: 'nobody has accepted it yet' };
  if (accepted.status === 'True') return { isDone: true, text: 'accepted' };
  return { isDone: false, text: `not accepted (${accepted.reason}): ${accepted.message}` };
}
