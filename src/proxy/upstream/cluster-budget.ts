// SPDX-License-Identifier: Apache-2.0

import type { RetryConstraint } from '../../snapshot/index.ts';
import { ConstrainedRetries } from './constrained-retries.ts';
import type { RetryBudget } from './retry-budget.ts';
import { SavedRetries } from './saved-retries.ts';

/** What a cluster may spend on tries; `constraint` null: what we think fit. */
export function clusterBudget(constraint: RetryConstraint | null): RetryBudget {
  return constraint === null ? new SavedRetries() : new ConstrainedRetries(constraint);
}
