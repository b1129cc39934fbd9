// SPDX-License-Identifier: Apache-2.0

/** `spec.infrastructure.parametersRef` of a Gateway: no kind is known. */
import type { Finding } from '../../errors/index.ts';
import type { Gateway } from '../../resources/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf } from '../report.ts';

const PATH = ['spec', 'infrastructure', 'parametersRef'];

/** In a cluster a Gateway that names parameters is refused. */
export function invalidParameters(
  gateway: Gateway,
  environment: TranslateEnvironment,
): Problem<'InvalidParameters'> | null {
  const parameters = gateway.spec.infrastructure?.parametersRef;
  if (parameters === undefined || environment.controllerName === null) return null;
  const finding = findingOf('gateway/invalid-parameters', gateway, {
    path: PATH,
    message: `infrastructure.parametersRef names a ${parameters.kind}, and no parameters kind is supported`,
    help: 'Remove infrastructure.parametersRef',
  });
  return { reason: 'InvalidParameters', finding };
}

/** Standalone they are left aside: a manifest that was written for another implementation must run unedited. */
export function ignoredParameters(gateway: Gateway, environment: TranslateEnvironment): readonly Finding[] {
  if (gateway.spec.infrastructure?.parametersRef === undefined || environment.controllerName !== null) return [];
  return [
    findingOf('gateway/not-yet-supported', gateway, {
      path: PATH,
      message: 'not served yet: infrastructure.parametersRef; the rest of the Gateway works without',
      help: 'Remove it, or keep it for later',
    }),
  ];
}
