// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { KubeClient } from '../../store/index.ts';
import { ownedName } from '../owned/owned-name.ts';

/** Clocks of the API server's clients differ; a leader renews every four seconds. */
const ALLOWED_SKEW_MS = 15_000;

/** A Lease of daemun. */
export interface LeaseHolder {
  /** `namespace/name`. */
  readonly lease: string;
  /** '' when nobody holds it. */
  readonly holder: string;
  /** RFC 3339. */
  readonly renewedAt: string;
  /** It was renewed in time. */
  readonly isAlive: boolean;
}

const leaseSchema = z.object({
  spec: z.object({
    holderIdentity: z.string().default(''),
    renewTime: z.string().default(''),
    leaseDurationSeconds: z.number().default(15),
  }),
});

const leaseListSchema = z.object({
  items: z.array(leaseSchema.extend({ metadata: z.object({ name: z.string(), namespace: z.string() }) })),
});

/**
 * The Leases of a controller, and where they cannot be read: in all namespaces, or where Leases may not be listed, in these. `nowMs`: of the wall
 * clock.
 */
export async function leaseHolders(
  client: Pick<KubeClient, 'request'>,
  { controllerName, namespaces, nowMs }: { controllerName: string; namespaces: readonly string[]; nowMs: number },
): Promise<{ readonly found: readonly LeaseHolder[]; readonly refused: readonly string[] }> {
  const found: LeaseHolder[] = [];
  const refused: string[] = [];
  const name = ownedName(controllerName, 'leader');
  const everywhere = await leasesNamed(client, name);
  if (everywhere !== null) {
    return { found: everywhere.map(one => holderOf(`${one.metadata.namespace}/${name}`, one, nowMs)), refused };
  }
  for (const namespace of new Set(namespaces)) {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
    const { status, json } = await client.request({ method: 'GET', path });
    const lease = status === 200 ? leaseSchema.safeParse(json) : undefined;
    if (lease?.success === true) found.push(holderOf(`${namespace}/${name}`, lease.data, nowMs));
    else if (status !== 404) refused.push(`${namespace}/${name} (${status})`);
  }
  return { found, refused };
}

/** Of all namespaces; null: they cannot be listed. */
async function leasesNamed(client: Pick<KubeClient, 'request'>, name: string) {
  const query = { fieldSelector: `metadata.name=${name}` };
  const { status, json } = await client.request({ method: 'GET', path: '/apis/coordination.k8s.io/v1/leases', query });
  const list = status === 200 ? leaseListSchema.safeParse(json) : undefined;
  return list?.success === true ? list.data.items.filter(({ metadata }) => metadata.name === name) : null;
}

function holderOf(lease: string, { spec }: z.infer<typeof leaseSchema>, nowMs: number): LeaseHolder {
  const { holderIdentity: holder, renewTime: renewedAt, leaseDurationSeconds } = spec;
  const endsMs = Date.parse(renewedAt) + leaseDurationSeconds * 1_000 + ALLOWED_SKEW_MS;
  return { lease, holder, renewedAt, isAlive: holder !== '' && nowMs < endsMs };
}
