// SPDX-License-Identifier: Apache-2.0

import type { GatewayClassOutcome } from '../translate/index.ts';
import { problemMessage, type Verdict } from './condition.ts';

/** The version of the Gateway API that daemun implements. */
const SUPPORTED_VERSION = 'v1.7';

/** Accepted=True/Accepted. */
export function classAccepted(): Verdict {
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'The class is served by daemun' };
}

/** Accepted=False/InvalidParameters (or Unsupported). */
export function classNotAccepted(problem: NonNullable<GatewayClassOutcome['accepted']>): Verdict {
  return { type: 'Accepted', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}

/** SupportedVersion=True/SupportedVersion. */
export function classVersionSupported(): Verdict {
  const message = `Gateway API ${SUPPORTED_VERSION} is supported`;
  return { type: 'SupportedVersion', status: 'True', reason: 'SupportedVersion', message };
}
