// SPDX-License-Identifier: Apache-2.0

import type { Gateway, ServiceParameters } from '../../resources/index.ts';
import { normalAddress } from '../../values/index.ts';
import type { GatewayService, GivenAddress, TranslateEnvironment } from '../environment.ts';
import type { AddressAssignment, MissingAddress, ReportedAddress, WantedService } from '../outcomes.ts';
import { assignClusterAddresses } from './cluster-addresses.ts';
import { notAnAddress, notFromService, notGivenByService, notRoutable } from './missing-address.ts';
import { CLUSTER, isRoutabilityServed, type Routability } from './routability.ts';

/** As many as a status takes (GatewayStatus.addresses). */
const MAX_REPORTED = 16;

interface Entry {
  readonly index: number;
  readonly type: string;
  /** '': any. */
  readonly value: string;
  readonly routability: Routability;
}

/**
 * The addresses of a Gateway that is reached through a Service, each entry of `spec.addresses` by itself; without entries, all that
 * the Service has. Listeners are bound at those of this process, whatever the Service has got. `parameters`: null where they cannot be read, so
 * that the Service stays as it is.
 */
export function assignServiceAddresses(
  gateway: Gateway,
  { service, parameters }: { readonly service: GatewayService; readonly parameters: ServiceParameters | null },
  environment: TranslateEnvironment,
): AddressAssignment {
  const entries = readEntries(gateway);
  const open = entries.filter(({ routability }) => routability !== CLUSTER);
  const common = { service: parameters && wantedService(service, parameters, { entries, open }), isTold: true };
  if (entries.length === 0) return { ...reportAll(gateway, service), ...common, clusterIps: null };
  const { reported, missing } = judgeEntries(gateway, open, service);
  const cluster = assignClusterAddresses(gateway, 0, environment);
  return {
    reported: [...reported, ...cluster.reported],
    missing: [...missing, ...cluster.missing],
    clusterIps: cluster.clusterIps,
    ...common,
  };
}

function wantedService(
  { name }: GatewayService,
  parameters: ServiceParameters,
  { entries, open }: { readonly entries: readonly Entry[]; readonly open: readonly Entry[] },
): WantedService {
  const isInternal = entries.length > 0 && open.length === 0;
  const type = isInternal ? 'ClusterIP' : (parameters.type ?? 'LoadBalancer');
  const asked = open.find(entry => entry.type === 'IPAddress' && entry.value !== '')?.value ?? null;
  return { name, type, loadBalancerIp: type === 'LoadBalancer' ? asked : null, parameters };
}

type Judged = Pick<AddressAssignment, 'reported' | 'missing'>;

function reportAll(gateway: Gateway, { state, name }: GatewayService): Judged {
  const given = state.state === 'made' ? state.addresses : [];
  if (given.length === 0) return { reported: [], missing: [notGivenByService(gateway, name, state)] };
  const routability = state.state === 'made' && state.type !== 'LoadBalancer' ? CLUSTER : '';
  return { reported: given.slice(0, MAX_REPORTED).map(address => ({ ...address, routability })), missing: [] };
}

function judgeEntries(gateway: Gateway, entries: readonly Entry[], { state, name }: GatewayService): Judged {
  const given = state.state === 'made' ? state.addresses : [];
  const named = new Set(entries.map(keyOf));
  const unnamed = given.filter(address => !named.has(keyOf(address)));
  const reported: ReportedAddress[] = [];
  const missing: MissingAddress[] = [];
  for (const entry of entries) {
    const { index, type, value, routability } = entry;
    const isThere = value !== '' && given.some(address => keyOf(address) === keyOf(entry));
    const found = isThere ? { value } : value === '' ? takeFirst(unnamed, type) : undefined;
    if (!isRoutabilityServed(routability)) missing.push(notRoutable(gateway, index, routability));
    else if (found !== undefined) reported.push({ type: typeOf(entry), value: found.value, routability });
    else if (value !== '') missing.push(notFromService(gateway, index, { service: name, state }));
    else if (given.length > 0) missing.push(notAnAddress(gateway, index, name));
    else missing.push(notGivenByService(gateway, name, state));
  }
  return { reported, missing };
}

function takeFirst(given: GivenAddress[], type: string): GivenAddress | undefined {
  const at = given.findIndex(address => address.type === type);
  return at < 0 ? undefined : given.splice(at, 1)[0];
}

function readEntries({ spec }: Gateway): readonly Entry[] {
  return (spec.addresses ?? []).map(({ type = 'IPAddress', value = '', routability = '' }, index) => ({
    ...{ index, type, value, routability },
  }));
}

function typeOf({ type }: Pick<Entry, 'type'>): GivenAddress['type'] {
  return type === 'Hostname' ? 'Hostname' : 'IPAddress';
}

/** However it is written. */
function keyOf({ type, value }: { readonly type: string; readonly value: string }): string {
  return `${type} ${normalAddress(value) ?? value.toLowerCase()}`;
}
