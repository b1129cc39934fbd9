// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { parseDuration } from '../values/index.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { durationText } from './names.ts';
import { policyStatus } from './policy-status.ts';
import { refuseRepeatedTargets, wholeTargets } from './policy-targets.ts';
import { EXPERIMENTAL_GROUP } from './references.ts';
import { sessionPersistence } from './session-persistence.ts';
import { integer, quote, refuse } from './vocabulary.ts';

const HOUR_MS = 3_600_000;

/** A duration from `minMs` to an hour. */
function interval(minMs: number, least: string) {
  return durationText.check(context => {
    const milliseconds = parseDuration(context.value);
    if (milliseconds === undefined || (milliseconds >= minMs && milliseconds <= HOUR_MS)) return;
    refuse(context, {
      code: 'schema/retry-budget',
      message: `${quote(context.value)} is out of range`,
      help: `write a duration from ${least} to 1h`,
    });
  });
}

const budget = z.strictObject({
  percent: integer(0, 100).default(20),
  interval: interval(1000, '1s').default('10s'),
});

const requestRate = z.strictObject({
  count: integer(1, 1_000_000).exactOptional(),
  interval: interval(1, '1ms').exactOptional(),
});

/** XBackendTrafficPolicy: how much of the traffic to a backend may be retries (GEP-3388). Experimental. */
export const xBackendTrafficPolicy = z.strictObject({
  apiVersion: z.literal(`${EXPERIMENTAL_GROUP}/v1alpha1`),
  kind: z.literal('XBackendTrafficPolicy'),
  metadata,
  spec: z.strictObject({
    targetRefs: wholeTargets.check(refuseRepeatedTargets),
    retryConstraint: z
      .strictObject({
        budget: budget.default({ percent: 20, interval: '10s' }),
        minRetryRate: requestRate.default({ count: 10, interval: '1s' }),
      })
      .exactOptional(),
    sessionPersistence: sessionPersistence.exactOptional(),
  }),
  status: policyStatus.exactOptional(),
});
export type XBackendTrafficPolicy = Immutable<z.output<typeof xBackendTrafficPolicy>>;
