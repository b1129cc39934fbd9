// SPDX-License-Identifier: Apache-2.0

import type { BackendTls } from '../../snapshot/index.ts';

/** What a BackendTLSPolicy says of the connections to a port. Plain data. */
export interface PolicyTls {
  /** `namespace/name`. */
  readonly policy: string;
  /** null: the policy cannot be used. Nothing may be sent then: without it connections would be open to all. */
  readonly tls: Omit<BackendTls, 'clientCertificate'> | null;
}

/** The policies of one Service. */
export interface ServiceTls {
  /** Of ports that have none of their own. */
  readonly whole: PolicyTls | null;
  /** Of ports by name, sorted. */
  readonly ports: readonly { readonly name: string; readonly tls: PolicyTls }[];
}

/** By `namespace/name`, Services that policies are for; each keeps its identity while it is unchanged. */
export type TlsOfServices = ReadonlyMap<string, ServiceTls>;

/** What holds for a port of a Service, '' for one without a name; null: cleartext. A policy for the port comes before one for the whole. */
export function tlsOfPort(service: ServiceTls | undefined, portName: string): PolicyTls | null {
  return service?.ports.find(({ name }) => name === portName)?.tls ?? service?.whole ?? null;
}
