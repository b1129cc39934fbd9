// SPDX-License-Identifier: Apache-2.0

import type { VolatileFields } from '../../wire/index.ts';

/** What the client of a connection proved of itself with a certificate. */
export interface ClientIdentity {
  /** Of the certificate: `CN=a,O=b`. */
  readonly subject: string;
  /** The value of `x-forwarded-client-cert` that endpoints get; null: they are not told. */
  readonly header: string | null;
}

const FORWARDED_CLIENT_CERT = 'x-forwarded-client-cert';

/** `fields` with what endpoints are told. What the client itself said under the name was dropped, unless it is believed. */
export function withIdentity(fields: VolatileFields, identity: ClientIdentity | null): VolatileFields {
  if (identity === null || identity.header === null) return fields;
  return [...(fields ?? []), FORWARDED_CLIENT_CERT, identity.header];
}
