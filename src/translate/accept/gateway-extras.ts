// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway } from '../../resources/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import type { Problem } from '../outcomes.ts';
import { errorFinding, infoFinding } from '../report.ts';

/** `spec.infrastructure.parametersRef`: no kind is known, so it is refused; standalone leaves it aside and says so. */
export function invalidParameters(
  gateway: Gateway,
  environment: TranslateEnvironment,
): Problem<'InvalidParameters'> | null {
  const parameters = gateway.spec.infrastructure?.parametersRef;
  if (parameters === undefined || environment.controllerName === null) return null;
  const finding = errorFinding('gateway/invalid-parameters', gateway, {
    path: ['spec', 'infrastructure', 'parametersRef'],
    message: `infrastructure.parametersRef names a ${parameters.kind}, and no parameters kind is supported`,
    help: 'Remove infrastructure.parametersRef',
  });
  return { reason: 'InvalidParameters', finding };
}

/** Parts of a Gateway that are understood and have no effect in this version. */
export function gatewayFindings(gateway: Gateway): readonly Finding[] {
  const findings: Finding[] = [];
  const ignored = (path: readonly string[], what: string): void => {
    findings.push(
      infoFinding('gateway/not-yet-supported', gateway, {
        path: ['spec', ...path],
        message: `${what} not yet supported by this version of daemun; the rest of the Gateway works without`,
        help: 'Remove it, or keep it for later',
      }),
    );
  };
  if (gateway.spec.infrastructure?.parametersRef !== undefined)
    ignored(['infrastructure', 'parametersRef'], 'infrastructure.parametersRef is');
  if (gateway.spec.tls?.backend !== undefined) ignored(['tls', 'backend'], 'TLS to backends is');
  const listenerSets = gateway.spec.allowedListeners?.namespaces?.from;
  if (listenerSets !== undefined && listenerSets !== 'None') ignored(['allowedListeners'], 'ListenerSets are');
  if (gateway.spec.defaultScope !== undefined && gateway.spec.defaultScope !== 'None')
    ignored(['defaultScope'], 'Default Gateways are');
  return findings;
}
