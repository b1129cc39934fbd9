// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { policyStatus } from './policy-status.ts';
import { wholeTargets } from './policy-targets.ts';
import { EXPERIMENTAL_GROUP } from './references.ts';
import { tracing } from './tracing.ts';

/** XTelemetryPolicy: which requests are traced, and where spans are sent (GEP-4768). Experimental. */
export const xTelemetryPolicy = z.strictObject({
  apiVersion: z.literal(`${EXPERIMENTAL_GROUP}/v1alpha1`),
  kind: z.literal('XTelemetryPolicy'),
  metadata,
  spec: z.strictObject({ targetRefs: wholeTargets, tracing }),
  status: policyStatus.exactOptional(),
});
export type XTelemetryPolicy = Immutable<z.output<typeof xTelemetryPolicy>>;
