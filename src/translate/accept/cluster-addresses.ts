// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import { normalAddress } from '../../values/index.ts';
import type { ClusterAddress, TranslateEnvironment, WantedClusterIp } from '../environment.ts';
import type { AddressAssignment, MissingAddress, ReportedAddress } from '../outcomes.ts';
import { notAssigned, notGiven, notRoutable, notYetGiven } from './missing-address.ts';
import { CLUSTER } from './routability.ts';

export interface ClusterAddresses extends Pick<AddressAssignment, 'reported' | 'missing' | 'clusterIps'> {
  /** To be bound, so that ClusterIPs lead somewhere. */
  readonly addresses: readonly string[];
}

/** An entry of `spec.addresses`. */
interface Judged {
  readonly index: number;
  readonly wanted: WantedClusterIp;
  readonly address: ClusterAddress;
}

/**
 * Judges the entries of `spec.addresses` of routability `Cluster`, each by itself (GEP-5093). All lead to one address of this machine,
 * that of `place`; it is bound as long as one of them may come to be.
 */
export function assignClusterAddresses(
  gateway: Gateway,
  place: number,
  environment: TranslateEnvironment,
): ClusterAddresses {
  const judged = judgeEntries(gateway, environment);
  const asked = judged.filter(({ address }) => address.state !== 'no-cluster');
  const backing = asked.length === 0 ? null : environment.addressOf(gateway.metadata, place);
  const reported: ReportedAddress[] = [];
  const missing: MissingAddress[] = [];
  for (const entry of judged) {
    const problem = missingEntry(gateway, entry, backing);
    if (problem !== null) missing.push(problem);
    else reported.push({ type: 'IPAddress', value: reportedValue(gateway, entry), routability: CLUSTER });
  }
  if (backing === null) return { addresses: [], reported, missing, clusterIps: null };
  const mayCome = asked.some(({ address }) => address.state !== 'refused');
  const clusterIps = { wanted: asked.map(({ wanted }) => wanted), backing };
  return { addresses: mayCome ? [backing] : [], reported, missing, clusterIps };
}

function judgeEntries({ spec, metadata }: Gateway, environment: TranslateEnvironment): readonly Judged[] {
  const judged: Judged[] = [];
  let open = 0;
  for (const [index, { value = '', routability }] of (spec.addresses ?? []).entries()) {
    if (routability !== CLUSTER) continue;
    const wanted = { value: normalAddress(value) ?? value, place: value === '' ? open++ : 0 };
    const address = environment.clusterAddress?.(metadata, wanted) ?? { state: 'no-cluster' };
    judged.push({ index, wanted, address });
  }
  return judged;
}

function missingEntry(gateway: Gateway, { index, address }: Judged, backing: string | null): MissingAddress | null {
  switch (address.state) {
    case 'no-cluster':
      return notRoutable(gateway, index, CLUSTER);
    case 'refused':
      return notGiven(gateway, index, address.why);
    case 'pending':
      return backing === null ? notAssigned(gateway) : notYetGiven(gateway, index);
    case 'assigned':
      return backing === null ? notAssigned(gateway) : null;
  }
}

/** An address that is asked for is reported as it is written: another writing of it does not match the entry. */
function reportedValue({ spec }: Gateway, { index, address }: Judged): string {
  const asked = spec.addresses?.[index]?.value ?? '';
  return asked === '' && address.state === 'assigned' ? address.value : asked;
}
