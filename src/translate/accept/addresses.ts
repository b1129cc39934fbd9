// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import { socketAddress } from '../../values/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import type { AddressAssignment, MissingAddress, Problem, ReportedAddress } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import { assignClusterAddresses } from './cluster-addresses.ts';
import { notAssigned, notRoutable, notUsable } from './missing-address.ts';
import { CLUSTER, isRoutabilityServed, type Routability } from './routability.ts';

/** The IP addresses to bind, and what is wrong with those that the Gateway asks for. */
export interface GatewayAddresses {
  readonly addresses: readonly string[];
  /** Set: the Gateway as a whole is refused. */
  readonly problem: Problem<'UnsupportedAddress'> | null;
  readonly assignment: AddressAssignment;
}

/**
 * Honours `spec.addresses` of type IPAddress, each entry by itself; one without value is given an address of its own, and no entry at
 * all is one.
 */
export function assignAddresses(gateway: Gateway, environment: TranslateEnvironment): GatewayAddresses {
  const asked = gateway.spec.addresses ?? [];
  const unsupported = asked.findIndex(address => (address.type ?? 'IPAddress') !== 'IPAddress');
  if (unsupported >= 0) {
    const finding = findingOf('gateway/unsupported-address', gateway, {
      path: ['spec', 'addresses', unsupported, 'type'],
      message: `Addresses of type ${asked[unsupported]?.type} are not supported`,
      help: 'Use type: IPAddress, or leave spec.addresses out to have one assigned',
    });
    const problem = { reason: 'UnsupportedAddress', finding } as const;
    return { addresses: [], problem, assignment: { reported: [], missing: [], clusterIps: null, isTold: true } };
  }
  return chooseAddresses(gateway, environment);
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
    else reported.set(address, { value: address, routability: reports ? routability : null });
  }
  const cluster = assignClusterAddresses(gateway, assigned, environment);
  const assignment = {
    reported: [...reported.values(), ...cluster.reported],
    missing: [...missing, ...cluster.missing],
    clusterIps: cluster.clusterIps,
    isTold: environment.reportsRoutability === true || gateway.spec.addresses !== undefined,
  };
  return { addresses: [...reported.keys(), ...cluster.addresses], problem: null, assignment };
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
