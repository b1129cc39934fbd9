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

/** The Leases of a controller in these namespaces, and where they cannot be read. `nowMs`: of the wall clock. */
export async function leaseHolders(
  client: Pick<KubeClient, 'request'>,
  { controllerName, namespaces, nowMs }: { controllerName: string; namespaces: readonly string[]; nowMs: number },
): Promise<{ readonly found: readonly LeaseHolder[]; readonly refused: readonly string[] }> {
  const found: LeaseHolder[] = [];
  const refused: string[] = [];
  const name = ownedName(controllerName, 'leader');
  for (const namespace of new Set(namespaces)) {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
    const { status, json } = await client.request({ method: 'GET', path });
    const lease = status === 200 ? leaseSchema.safeParse(json) : undefined;
    if (lease?.success === true) found.push(holderOf(`${namespace}/${name}`, lease.data, nowMs));
    else if (status !== 404) refused.push(`${namespace}/${name} (${status})`);
  }
  return { found, refused };
}

function holderOf(lease: string, { spec }: z.infer<typeof leaseSchema>, nowMs: number): LeaseHolder {
  const { holderIdentity: holder, renewTime: renewedAt, leaseDurationSeconds } = spec;
  const endsMs = Date.parse(renewedAt) + leaseDurationSeconds * 1_000 + ALLOWED_SKEW_MS;
  return { lease, holder, renewedAt, isAlive: holder !== '' && nowMs < endsMs };
}
