// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { policyStatus } from './policy-status.ts';
import { policyTargets } from './policy-targets.ts';
import { GATEWAY_GROUP } from './references.ts';
import { serverValidation } from './server-validation.ts';
import { text, textMap } from './vocabulary.ts';

/** BackendTLSPolicy: that Services are spoken to with TLS, and how their certificates are judged. */
export const backendTlsPolicy = z.strictObject({
  apiVersion: z.enum([`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1alpha3`]),
  kind: z.literal('BackendTLSPolicy'),
  metadata,
  spec: z.strictObject({
    targetRefs: policyTargets,
    validation: serverValidation,
    options: textMap(text({ max: 4096 }), 16).exactOptional(),
  }),
  status: policyStatus.exactOptional(),
});
export type BackendTLSPolicy = Immutable<z.output<typeof backendTlsPolicy>>;
