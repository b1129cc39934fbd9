// SPDX-License-Identifier: Apache-2.0

import type { Gateway, ServiceParameters } from '../../resources/index.ts';
import { socketAddress } from '../../values/index.ts';
import type { GatewayService, TranslateEnvironment } from '../environment.ts';
import type { AddressAssignment, MissingAddress, Problem, ReportedAddress } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import { assignClusterAddresses } from './cluster-addresses.ts';
import { notAssigned, notRoutable, notUsable } from './missing-address.ts';
import { CLUSTER, isRoutabilityServed, type Routability } from './routability.ts';
import { assignServiceAddresses } from './service-addresses.ts';

/** Where listeners are bound, and what is wrong with the addresses that the Gateway asks for. */
export interface GatewayAddresses {
  readonly addresses: readonly string[];
  /** Of a Gateway that is reached through a Service, as in `GatewayService`; null: ports are bound as they are written, or moved. */
  readonly targetPorts: GatewayService['targetPorts'] | null;
  /** Set: the Gateway as a whole is refused. */
  readonly problem: Problem<'UnsupportedAddress'> | null;
  readonly assignment: AddressAssignment;
}

/**
 * Honours `spec.addresses`, each entry by itself; one without value is given an address of its own, and no entry at all is one. Where
 * Gateways have Services, the addresses are theirs; `parameters`: what those should be like, null: as they are.
 */
export function assignAddresses(
  gateway: Gateway,
  parameters: ServiceParameters | null,
  environment: TranslateEnvironment,
): GatewayAddresses {
  const service = environment.serviceOf?.(gateway.metadata) ?? null;
  const problem = unsupportedType(gateway, service === null ? ['IPAddress'] : ['IPAddress', 'Hostname']);
  if (problem !== null) {
    const assignment = { reported: [], missing: [], clusterIps: null, service: null, isTold: true };
    return { addresses: [], targetPorts: null, problem, assignment };
  }
  if (service === null) return chooseAddresses(gateway, environment);
  const { podAddresses, targetPorts } = service;
  const assignment = assignServiceAddresses(gateway, { service, parameters }, environment);
  return { addresses: podAddresses, targetPorts, problem: null, assignment };
}

function unsupportedType(gateway: Gateway, supported: readonly string[]): GatewayAddresses['problem'] {
  const asked = gateway.spec.addresses ?? [];
  const unsupported = asked.findIndex(address => !supported.includes(address.type ?? 'IPAddress'));
  if (unsupported < 0) return null;
  const finding = findingOf('gateway/unsupported-address', gateway, {
    path: ['spec', 'addresses', unsupported, 'type'],
    message: `Addresses of type ${asked[unsupported]?.type} are not supported`,
    help: `Use type: ${supported.join(' or ')}, or leave spec.addresses out to have one assigned`,
  });
  return { reason: 'UnsupportedAddress', finding };
}

function chooseAddresses(gateway: Gateway, environment: TranslateEnvironment): GatewayAddresses {
  const entries = askedAddresses(gateway);
  const reports =
    environment.reportsRoutability === true || entries.some(({ routability }) => routability !== undefined);
  const reported = new Map<string, ReportedAddress>();
  const missing: MissingAddress[] = [];
  let assigned = 0;
  for (const [index, { value = '', routability = '' }] of entries.entries()) {
    if (routability === CLUSTER) continue;
    const refusal = refuseEntry(gateway, { index, value, routability }, environment);
    const address = refusal === null && value === '' ? environment.addressOf(gateway.metadata, assigned++) : value;
    if (refusal !== null || address === null) missing.push(refusal ?? notAssigned(gateway));
    else reported.set(address, { type: 'IPAddress', value: address, routability: reports ? routability : null });
  }
  const cluster = assignClusterAddresses(gateway, assigned, environment);
  const assignment = {
    reported: [...reported.values(), ...cluster.reported],
    missing: [...missing, ...cluster.missing],
    clusterIps: cluster.clusterIps,
    service: null,
    isTold: environment.reportsRoutability === true || gateway.spec.addresses !== undefined,
  };
  return { addresses: [...reported.keys(), ...cluster.addresses], targetPorts: null, problem: null, assignment };
}

interface Entry {
  readonly index: number;
  readonly value: string;
  readonly routability: Routability;
}

function refuseEntry(
  gateway: Gateway,
  { index, value, routability }: Entry,
  environment: TranslateEnvironment,
): MissingAddress | null {
  if (!isRoutabilityServed(routability)) return notRoutable(gateway, index, routability);
  const why = value === '' ? null : (environment.addressRefusal?.(value) ?? null);
  return why === null ? null : notUsable(gateway, index, why);
}

/** No entry at all asks for one. */
function askedAddresses({ spec }: Gateway): readonly { readonly value?: string; readonly routability?: Routability }[] {
  return spec.addresses === undefined || spec.addresses.length === 0 ? [{}] : spec.addresses;
}

/** The port that a listener's port is bound at: another one where the OS refuses it. */
export function boundPort(port: number, environment: TranslateEnvironment): number {
  return environment.movedPorts.get(port) ?? port;
}

/** `127.0.0.1:8443/tcp`, `[::1]:53/udp`. */
export function bindingId(address: string, port: number, transport: 'tcp' | 'udp'): string {
  return `${socketAddress(address, port)}/${transport}`;
}
