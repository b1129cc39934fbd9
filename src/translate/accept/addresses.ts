// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import { socketAddress } from '../../values/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import { refuseRoutability } from '../not-served.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';

/** The IP addresses to bind, and what is wrong with those that the Gateway asks for. */
export interface GatewayAddresses {
  readonly addresses: readonly string[];
  /** Set: the Gateway as a whole is refused. */
  readonly problem: Problem<'UnsupportedAddress'> | null;
  /** Set: some of them are not bound; the others are. */
  readonly missing: Problem<'AddressNotUsable' | 'AddressNotAssigned'> | null;
}

/** Honours `spec.addresses` of type IPAddress; an entry without value, or no entry at all, gets an assigned address. */
export function assignAddresses(gateway: Gateway, environment: TranslateEnvironment): GatewayAddresses {
  const asked = gateway.spec.addresses ?? [];
  const unsupported = asked.findIndex(address => (address.type ?? 'IPAddress') !== 'IPAddress');
  if (unsupported >= 0) {
    const finding = findingOf('gateway/unsupported-address', gateway, {
      path: ['spec', 'addresses', unsupported, 'type'],
      message: `Addresses of type ${asked[unsupported]?.type} are not supported`,
      help: 'Use type: IPAddress, or leave spec.addresses out to have one assigned',
    });
    return { addresses: [], problem: { reason: 'UnsupportedAddress', finding }, missing: null };
  }
  const problem = refuseRoutability(gateway);
  if (problem !== null) return { addresses: [], problem, missing: null };
  return chooseAddresses(gateway, environment);
}

function chooseAddresses(gateway: Gateway, environment: TranslateEnvironment): GatewayAddresses {
  const addresses = new Set<string>();
  let missing: GatewayAddresses['missing'] = null;
  for (const [index, { value = '' }] of askedAddresses(gateway).entries()) {
    const address = value === '' ? environment.addressOf(gateway.metadata) : value;
    const refusal = value === '' ? null : (environment.addressRefusal?.(value) ?? null);
    if (address !== null && refusal === null) addresses.add(address);
    else missing ??= refusal === null ? notAssigned(gateway) : notUsable(gateway, index, refusal);
  }
  return { addresses: [...addresses], problem: null, missing };
}

/** No entry at all asks for one. */
function askedAddresses({ spec }: Gateway): readonly { readonly value?: string }[] {
  return spec.addresses === undefined || spec.addresses.length === 0 ? [{}] : spec.addresses;
}

function notUsable(gateway: Gateway, index: number, why: string): Problem<'AddressNotUsable'> {
  const value = gateway.spec.addresses?.[index]?.value;
  const finding = findingOf('gateway/unusable-address', gateway, {
    path: ['spec', 'addresses', index, 'value'],
    message: `Address ${value} cannot be used: ${why}`,
    help: 'Name an address of the pool, or leave value out to have one assigned',
  });
  return { reason: 'AddressNotUsable', finding };
}

function notAssigned(gateway: Gateway): Problem<'AddressNotAssigned'> {
  const finding = findingOf('gateway/no-address', gateway, {
    path: ['spec', 'addresses'],
    message: 'No address is left for this Gateway: every one of the pool belongs to another Gateway',
    help: 'Give daemun a larger pool (--address-pool), or delete Gateways that are not needed',
  });
  return { reason: 'AddressNotAssigned', finding };
}

/** The port that a listener's port is bound at: another one where the OS refuses it. */
export function boundPort(port: number, environment: TranslateEnvironment): number {
  return environment.movedPorts.get(port) ?? port;
}

/** `127.0.0.1:8443/tcp`, `[::1]:53/udp`. */
export function bindingId(address: string, port: number, transport: 'tcp' | 'udp'): string {
  return `${socketAddress(address, port)}/${transport}`;
}
