// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { objectReference, port, secretReference } from './references.ts';
import { list, refuse } from './vocabulary.ts';

const caReference = objectReference.check(context => {
  const { group, kind, namespace } = context.value;
  if (group !== 'certificates.k8s.io' || kind !== 'ClusterTrustBundle' || namespace === undefined) return;
  refuse(context, {
    code: 'schema/ca-namespace',
    path: ['namespace'],
    message: 'a ClusterTrustBundle is in no namespace',
    help: 'remove namespace:',
  });
});

const validation = z.strictObject({
  caCertificateRefs: list(caReference, { min: 1, max: 16 }),
  mode: z.enum(['AllowValidOnly', 'AllowInsecureFallback']).default('AllowValidOnly'),
});

const frontendTls = z.strictObject({ validation: validation.exactOptional() });

/** TLS of a Gateway as a whole: its client certificate towards backends, and how clients are validated. */
export const gatewayTls = z.strictObject({
  backend: z.strictObject({ clientCertificateRef: secretReference.exactOptional() }).exactOptional(),
  frontend: z
    .strictObject({
      default: frontendTls,
      perPort: list(z.strictObject({ port, tls: frontendTls }), { max: 64, key: 'port' }).exactOptional(),
    })
    .exactOptional(),
});
export type GatewayTls = Immutable<z.output<typeof gatewayTls>>;
