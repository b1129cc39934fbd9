// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import type { MissingAddress } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import type { Routability } from './routability.ts';

/** No other scope may take its place (GEP-5093). */
export function notRoutable(gateway: Gateway, index: number, routability: Routability): MissingAddress {
  const finding = findingOf('gateway/unsupported-routability', gateway, {
    path: ['spec', 'addresses', index, 'routability'],
    message: `No address of routability ${routability} can be given, and no other may take its place`,
    help: 'Remove routability:, or leave the entry to another Gateway',
  });
  return { reason: 'AddressNotAssigned', finding };
}

export function notUsable(gateway: Gateway, index: number, why: string): MissingAddress {
  const value = gateway.spec.addresses?.[index]?.value;
  const finding = findingOf('gateway/unusable-address', gateway, {
    path: ['spec', 'addresses', index, 'value'],
    message: `Address ${value} cannot be used: ${why}`,
    help: 'Name an address of the pool, or leave value out to have one assigned',
  });
  return { reason: 'AddressNotUsable', finding };
}

export function notAssigned(gateway: Gateway): MissingAddress {
  const finding = findingOf('gateway/no-address', gateway, {
    path: ['spec', 'addresses'],
    message: 'No address is left for this Gateway: every one of the pool belongs to another Gateway',
    help: 'Give daemun a larger pool (--address-pool), or delete Gateways that are not needed',
  });
  return { reason: 'AddressNotAssigned', finding };
}

/** The cluster was, or will be, asked for the ClusterIP. */
export function notYetGiven(gateway: Gateway, index: number): MissingAddress {
  const finding = findingOf('gateway/cluster-address-pending', gateway, {
    path: ['spec', 'addresses', index],
    message: 'The cluster has not given a ClusterIP yet',
    help: 'Wait; if it lasts, the log of the process that leads says what keeps it from making the Service',
  });
  return { reason: 'AddressNotAssigned', finding };
}

/** `why`: one clause. */
export function notGiven(gateway: Gateway, index: number, why: string): MissingAddress {
  const value = gateway.spec.addresses?.[index]?.value ?? '';
  const finding = findingOf('gateway/cluster-address', gateway, {
    path: ['spec', 'addresses', index, ...(value === '' ? [] : ['value'])],
    message: `The cluster does not give ${value === '' ? 'a ClusterIP' : `the ClusterIP ${value}`}: ${why}`,
    help: 'Name a free address of the range of Services, or leave value out to have one assigned',
  });
  return { reason: 'AddressNotAssigned', finding };
}
