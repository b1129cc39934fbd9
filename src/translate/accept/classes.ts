// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway, GatewayClass, ResourceSet } from '../../resources/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import type { GatewayClassOutcome } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import { unsupportedVersion } from './bundle-versions.ts';
import { NO_PARAMETERS, type Parameters, resolveParameters } from './parameters.ts';

/** The controllerName of a class that no file defines. */
export const IMPLIED_CONTROLLER_NAME = 'daemun.dev/gateway-controller';

const NO_KINDS: ReadonlySet<string> = new Set();

/** The classes that are ours. */
export interface AcceptedClasses {
  readonly outcomes: ReadonlyMap<string, GatewayClassOutcome>;
  readonly findings: readonly Finding[];
  /** The controllerName that answers for a Gateway; undefined when the Gateway is not ours. */
  controllerOf(gateway: Gateway): string | undefined;
  /** What the class of a Gateway that is ours says of its Gateways. */
  parametersOf(gateway: Gateway): Parameters;
}

/**
 * Tells which GatewayClasses, and so which Gateways, are ours: all of them in standalone mode, those with our
 * controllerName otherwise. In standalone mode a class that is missing is implied.
 */
export function acceptClasses(resources: ResourceSet, environment: TranslateEnvironment): AcceptedClasses {
  const wanted = environment.controllerName;
  const outcomes = new Map<string, GatewayClassOutcome>();
  const findings: Finding[] = [];
  const parameters = new Map<string, Parameters>();
  const { absentKinds: kinds = NO_KINDS, lacksExperimental: experimental = false } = environment;
  const lacking = { kinds, experimental };
  for (const [name, gatewayClass] of resources.gatewayClasses) {
    if (wanted !== null && gatewayClass.spec.controllerName !== wanted) continue;
    const version = unsupportedVersion(gatewayClass, environment.bundleVersions ?? []);
    if (version !== null) findings.push(version.finding);
    const ofClass = resolveParameters(gatewayClass.spec.parametersRef, { resources, environment });
    const { accepted, finding } = parametersProblem(gatewayClass, ofClass, environment);
    if (finding !== null) findings.push(finding);
    if (accepted !== null || ofClass.state === 'read') parameters.set(name, ofClass);
    outcomes.set(name, { accepted, version, lacking });
  }
  return {
    outcomes,
    findings,
    controllerOf: gateway => {
      const name = gateway.spec.gatewayClassName;
      const gatewayClass = resources.gatewayClasses.get(name);
      if (gatewayClass === undefined) return wanted === null ? IMPLIED_CONTROLLER_NAME : undefined;
      return outcomes.has(name) ? gatewayClass.spec.controllerName : undefined;
    },
    parametersOf: ({ spec }) => parameters.get(spec.gatewayClassName) ?? NO_PARAMETERS,
  };
}

/** Says that the class of `gateway` was not written and is implied. */
export function impliedClassFinding(gateway: Gateway): Finding {
  const name = gateway.spec.gatewayClassName;
  return findingOf('gateway/implied-class', gateway, {
    path: ['spec', 'gatewayClassName'],
    message: `GatewayClass ${name} is not defined; it is implied with controllerName ${IMPLIED_CONTROLLER_NAME}`,
    help: `In a cluster, create GatewayClass ${name} or name one that exists`,
    target: { kind: 'GatewayClass', namespace: '', name },
  });
}

/** Of a class that has parameters which cannot be read. */
function parametersProblem(
  gatewayClass: GatewayClass,
  parameters: Parameters,
  environment: TranslateEnvironment,
): { readonly accepted: GatewayClassOutcome['accepted']; readonly finding: Finding | null } {
  if (parameters.state === 'read') return { accepted: null, finding: null };
  const report = { path: ['spec', 'parametersRef'], ...parameters };
  if (environment.controllerName === null) {
    // A manifest written for another implementation must run unedited, so its parameters are left aside.
    return { accepted: null, finding: findingOf('gateway-class/parameters-ignored', gatewayClass, report) };
  }
  const finding = findingOf('gateway-class/invalid-parameters', gatewayClass, report);
  return { accepted: { reason: 'InvalidParameters', finding }, finding };
}
