// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import type { ServiceState } from '../environment.ts';
import type { MissingAddress, Problem } from '../outcomes.ts';
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

/** The Service has no address at all; `service`: `namespace/name`. */
export function notGivenByService(gateway: Gateway, service: string, state: ServiceState): MissingAddress {
  const { message, help } = addressless(service, state);
  const finding = findingOf('gateway/service-address-pending', gateway, { path: ['spec', 'addresses'], message, help });
  return { reason: 'AddressNotAssigned', finding };
}

function addressless(service: string, state: ServiceState): { readonly message: string; readonly help: string } {
  switch (state.state) {
    case 'pending':
      return {
        message: `Service ${service} is not there yet, so there is no address`,
        help: 'Wait; if it lasts, the log of the process that leads says what keeps it from making the Service',
      };
    case 'refused':
      return {
        message: `There is no Service ${service}, and so no address: ${state.why}`,
        help: 'Remove the cause: it is tried again once a minute',
      };
    case 'made':
      return state.type === 'LoadBalancer'
        ? {
            message: `No load balancer has given Service ${service} an address yet`,
            help: 'Wait; if it lasts, see the Events of the Service. A cluster without load balancers wants another type of Service',
          }
        : {
            message: `Service ${service} has no ClusterIP yet`,
            help: 'Wait; if it lasts, see the Events of the Service',
          };
  }
}

/** An address that is asked for, and is not among those of the Service. */
export function notFromService(
  gateway: Gateway,
  index: number,
  { service, state }: { readonly service: string; readonly state: ServiceState },
): MissingAddress {
  const { type = 'IPAddress', value = '' } = gateway.spec.addresses?.[index] ?? {};
  const given = state.state === 'made' ? state.addresses.map(one => one.value).join(', ') : '';
  const has = given === '' ? 'has no address' : `has ${given}`;
  const finding = findingOf('gateway/unusable-address', gateway, {
    path: ['spec', 'addresses', index, 'value'],
    message: `Address ${value} cannot be used: Service ${service} ${state.state === 'made' ? has : 'is not there yet'}`,
    help:
      type === 'Hostname'
        ? 'Leave value out: a load balancer cannot be asked for a host name'
        : 'Name one free address that the load balancer may give, or leave value out to have one assigned',
  });
  return { reason: 'AddressNotUsable', finding };
}

/** The Service has addresses, but none of the type that is asked for, or too few. */
export function notAnAddress(gateway: Gateway, index: number, service: string): MissingAddress {
  const type = gateway.spec.addresses?.[index]?.type ?? 'IPAddress';
  const finding = findingOf('gateway/service-address-type', gateway, {
    path: ['spec', 'addresses', index],
    message: `Service ${service} has no further address of type ${type}`,
    help: 'Remove the entry, or ask for the type of address that load balancers of this cluster give',
  });
  return { reason: 'AddressNotAssigned', finding };
}

/** A listener is bound nowhere before its port stands in the Service. */
export function noTargetPort(gateway: Gateway, port: number, service: string): Problem<'Pending'> {
  const finding = findingOf('gateway/service-port-pending', gateway, {
    path: ['spec', 'listeners'],
    message: `Service ${service} does not lead port ${port} anywhere yet`,
    help: 'Wait; if it lasts, the log of the process that leads says what keeps it from writing the Service',
  });
  return { reason: 'Pending', finding };
}
