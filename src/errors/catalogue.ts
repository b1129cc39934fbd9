// SPDX-License-Identifier: Apache-2.0

import { DEMO_CODES } from './demo-codes.ts';
import type { Severity } from './finding.ts';
import { GATEWAY_CODES } from './gateway-codes.ts';
import { LINT_CODES } from './lint-codes.ts';
import { LISTENER_SET_CODES } from './listener-set-codes.ts';
import { MESH_CODES } from './mesh-codes.ts';
import { POLICY_CODES } from './policy-codes.ts';
import { RESOURCE_CODES } from './resource-codes.ts';
import { ROUTE_CODES } from './route-codes.ts';
import { STATUS_CODES } from './status-codes.ts';
import { STORE_CODES } from './store-codes.ts';
import { TRUST_CODES } from './trust-codes.ts';

/**
 * Every code of a finding, except those of `schema/…` (an API server would refuse the object), which `resources` lists.
 * A test holds this, the code and docs/errors.md together.
 */
export const CATALOGUE = {
  ...STORE_CODES,
  ...RESOURCE_CODES,
  ...GATEWAY_CODES,
  ...LISTENER_SET_CODES,
  ...ROUTE_CODES,
  ...MESH_CODES,
  ...POLICY_CODES,
  ...TRUST_CODES,
  ...STATUS_CODES,
  ...LINT_CODES,
  ...DEMO_CODES,
} as const;

export type FindingCode = keyof typeof CATALOGUE;

/** The severity with which findings of a code are reported. */
export function severityOf(code: FindingCode): Severity {
  return CATALOGUE[code].severity;
}
