// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { text } from './vocabulary.ts';

// Not anchored as one would expect: that is how the CRD has it.
const ADDRESS_TYPE =
  /^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** An address that a Gateway asks for. Without value the implementation chooses one. */
export const gatewayAddress = z.strictObject({
  type: text({
    min: 1,
    max: 253,
    pattern: ADDRESS_TYPE,
    is: 'IPAddress, Hostname, NamedAddress or example.com/type',
  }).default('IPAddress'),
  value: text({ max: 253 }).exactOptional(),
});
export type GatewayAddress = Immutable<z.output<typeof gatewayAddress>>;
