// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { PATH_PATTERN } from './names.ts';
import { backendObjectReference } from './references.ts';
import { integer, list, onlyWith, text } from './vocabulary.ts';

const headers = list(z.string(), { max: 64, isSet: true });
const shared = {
  backendRef: backendObjectReference,
  // In bytes; not bounded above in the CRD.
  forwardBody: z.strictObject({ maxSize: integer(0).exactOptional() }).exactOptional(),
};

/** HTTPExternalAuthFilter: asks a service whether a request may pass. Experimental. */
export const externalAuth = z.discriminatedUnion('protocol', [
  z.strictObject({
    ...shared,
    protocol: z.literal('GRPC'),
    grpc: z.strictObject({ allowedHeaders: headers.exactOptional() }),
    http: onlyWith('protocol', 'HTTP'),
  }),
  z.strictObject({
    ...shared,
    protocol: z.literal('HTTP'),
    http: z.strictObject({
      path: text({ max: 1024, pattern: PATH_PATTERN, is: 'a path such as /check' }).exactOptional(),
      allowedHeaders: headers.exactOptional(),
      allowedResponseHeaders: headers.exactOptional(),
    }),
    grpc: onlyWith('protocol', 'GRPC'),
  }),
]);
export type ExternalAuthConfig = Immutable<z.output<typeof externalAuth>>;
