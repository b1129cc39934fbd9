// SPDX-License-Identifier: Apache-2.0
import type { Bound } from '../bounds.ts';

/** What an agent promises of 2,000 Services with routes, 20,000 endpoints and 100 changes of them a second. */
export const CHURN_BOUNDS: readonly Bound[] = [
  { case: 'under churn, CPU', most: 5 },
  { case: 'under churn, memory', most: 200 },
  { case: 'change to live, median', most: 100 },
  { case: 'change to live, worst', most: 100 },
  { case: 'calls beside churn, p99', most: 2, to: { case: 'calls at rest, p99' } },
];
