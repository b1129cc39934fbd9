// SPDX-License-Identifier: Apache-2.0

import type { GatewayClass } from '../resources/index.ts';
import type { GatewayClassOutcome } from '../translate/index.ts';
import { mergeConditions, problemMessage, type Verdict } from './condition.ts';
import { featuresWithout } from './supported-features.ts';

export type GatewayClassStatus = NonNullable<GatewayClass['status']>;
/** Condition types of a class that are ours. */
export const CLASS_CONDITIONS: readonly string[] = ['Accepted', 'SupportedVersion'];

/** The status of a GatewayClass that is ours. */
export function gatewayClassStatus(
  gatewayClass: GatewayClass,
  outcome: GatewayClassOutcome,
  { previous, now }: { previous: GatewayClassStatus | undefined; now: string },
): GatewayClassStatus {
  const accepted = outcome.accepted === null ? classAccepted() : classNotAccepted(outcome.accepted);
  const version = outcome.version === null ? classVersionSupported() : classVersionNotSupported(outcome.version);
  const stamp = { generation: gatewayClass.metadata.generation, now };
  const conditions = mergeConditions(previous?.conditions ?? [], [accepted, version], {
    owned: CLASS_CONDITIONS,
    stamp,
  });
  return { conditions, supportedFeatures: featuresWithout(outcome.lacking) };
}

/** The version of the Gateway API that daemun implements. */
const SUPPORTED_VERSION = 'v1.7';

/** Accepted=True/Accepted. */
function classAccepted(): Verdict {
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'The class is served by daemun' };
}

/** Accepted=False/InvalidParameters (or Unsupported). */
function classNotAccepted(problem: NonNullable<GatewayClassOutcome['accepted']>): Verdict {
  return { type: 'Accepted', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** SupportedVersion=True/SupportedVersion. */
function classVersionSupported(): Verdict {
  const message = `Gateway API ${SUPPORTED_VERSION} is supported`;
  return { type: 'SupportedVersion', status: 'True', reason: 'SupportedVersion', message };
}

/** SupportedVersion=False/UnsupportedVersion. */
function classVersionNotSupported(problem: NonNullable<GatewayClassOutcome['version']>): Verdict {
  const { message, help } = problem.finding;
  return { type: 'SupportedVersion', status: 'False', reason: problem.reason, message: `${message}. ${help}` };
}
