// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../../resources/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';

/** `spec.infrastructure.parametersRef`: no kind is known, so it is refused; standalone leaves it aside and says so. */
export function invalidParameters(
  gateway: Gateway,
  environment: TranslateEnvironment,
): Problem<'InvalidParameters'> | null {
  const parameters = gateway.spec.infrastructure?.parametersRef;
  if (parameters === undefined || environment.controllerName === null) return null;
  const finding = findingOf('gateway/invalid-parameters', gateway, {
    path: ['spec', 'infrastructure', 'parametersRef'],
    message: `infrastructure.parametersRef names a ${parameters.kind}, and no parameters kind is supported`,
    help: 'Remove infrastructure.parametersRef',
  });
  return { reason: 'InvalidParameters', finding };
}
