// SPDX-License-Identifier: Apache-2.0

import type { GatewayClass } from '../resources/index.ts';
import type { GatewayClassOutcome } from '../translate/index.ts';
import { mergeConditions } from './condition.ts';
import { classAccepted, classNotAccepted, classVersionSupported } from './gateway-class-conditions.ts';
import { SUPPORTED_FEATURES } from './supported-features.ts';

export type GatewayClassStatus = NonNullable<GatewayClass['status']>;
const OWNED = ['Accepted', 'SupportedVersion'];

/** The status of a GatewayClass that is ours. */
export function gatewayClassStatus(
  gatewayClass: GatewayClass,
  outcome: GatewayClassOutcome,
  { previous, now }: { previous: GatewayClassStatus | undefined; now: string },
): GatewayClassStatus {
  const accepted = outcome.accepted === null ? classAccepted() : classNotAccepted(outcome.accepted);
  const stamp = { generation: gatewayClass.metadata.generation, now };
  const conditions = mergeConditions(previous?.conditions ?? [], [accepted, classVersionSupported()], {
    owned: OWNED,
    stamp,
  });
  return { conditions, supportedFeatures: SUPPORTED_FEATURES };
}
