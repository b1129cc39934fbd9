// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import { socketAddress } from '../../values/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import { refuseRoutability } from '../not-served.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';

/** The IP addresses to bind, or why the Gateway cannot have those it asks for. */
export interface GatewayAddresses {
  readonly addresses: readonly string[];
  readonly problem: Problem<'UnsupportedAddress'> | null;
}

/** Honours `spec.addresses` of type IPAddress; an entry without value, or no entry at all, gets an assigned address. */
export function assignAddresses(gateway: Gateway, environment: TranslateEnvironment): GatewayAddresses {
  const asked = gateway.spec.addresses ?? [];
  const assigned = (): string => environment.addressOf(gateway.metadata);
  if (asked.length === 0) return { addresses: [assigned()], problem: null };
  const unsupported = asked.findIndex(address => (address.type ?? 'IPAddress') !== 'IPAddress');
  if (unsupported >= 0) {
    const finding = findingOf('gateway/unsupported-address', gateway, {
      path: ['spec', 'addresses', unsupported, 'type'],
      message: `Addresses of type ${asked[unsupported]?.type} are not supported`,
      help: 'Use type: IPAddress, or leave spec.addresses out to have one assigned',
    });
    return { addresses: [], problem: { reason: 'UnsupportedAddress', finding } };
  }
  const problem = refuseRoutability(gateway);
  if (problem !== null) return { addresses: [], problem };
  const values = asked.map(address =>
    address.value === undefined || address.value === '' ? assigned() : address.value,
  );
  return { addresses: [...new Set(values)], problem: null };
}

/** The port that a listener's port is bound at: another one where the OS refuses it. */
export function boundPort(port: number, environment: TranslateEnvironment): number {
  return environment.movedPorts.get(port) ?? port;
}

/** `127.0.0.1:8443/tcp`, `[::1]:8443/tcp`. */
export function bindingId(address: string, port: number): string {
  return `${socketAddress(address, port)}/tcp`;
}
