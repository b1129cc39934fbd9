// SPDX-License-Identifier: Apache-2.0

/** `spec.infrastructure.parametersRef` of a Gateway, and what its class says. */
import type { Finding } from '../../errors/index.ts';
import type { Gateway, ServiceParameters } from '../../resources/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf, type Report } from '../report.ts';
import type { AcceptedClasses } from './classes.ts';
import { type Parameters, type ParametersReader, resolveParameters } from './parameters.ts';

const PATH = ['spec', 'infrastructure', 'parametersRef'];

export interface GatewayParameters {
  /** Those of the class, and over them those of the Gateway. */
  readonly parameters: ServiceParameters;
  readonly problem: Problem<'InvalidParameters'> | null;
  /** What is said although the Gateway is served as if they were not there. */
  readonly findings: readonly Finding[];
}

/**
 * Reads the parameters of a Gateway. In a cluster it is refused with those that cannot be read, its class's too. Standalone such are left
 * aside: a manifest that was written for another implementation must run unedited.
 */
export function readParameters(
  gateway: Gateway,
  classes: Pick<AcceptedClasses, 'parametersOf'>,
  reader: ParametersReader & { readonly environment: TranslateEnvironment },
): GatewayParameters {
  const { namespace } = gateway.metadata;
  const reference = gateway.spec.infrastructure?.parametersRef;
  const own = resolveParameters(reference && { ...reference, namespace }, reader);
  const ofClass = classes.parametersOf(gateway);
  const parameters = { ...soundOf(ofClass), ...soundOf(own) };
  const report = faultOf(gateway, own, ofClass);
  if (report === null) return { parameters, problem: null, findings: unusedFindings(gateway, reader.environment) };
  if (reader.environment.controllerName === null)
    return { parameters, problem: null, findings: [findingOf('gateway/parameters-ignored', gateway, report)] };
  const finding = findingOf('gateway/invalid-parameters', gateway, report);
  return { parameters, problem: { reason: 'InvalidParameters', finding }, findings: [] };
}

function soundOf(parameters: Parameters): ServiceParameters {
  return parameters.state === 'read' ? parameters.parameters : {};
}

function faultOf(gateway: Gateway, own: Parameters, ofClass: Parameters): Report | null {
  if (own.state === 'invalid') return { path: PATH, ...own };
  if (ofClass.state === 'read') return null;
  const name = gateway.spec.gatewayClassName;
  const message = `The parameters of GatewayClass ${name} cannot be read. ${ofClass.message}`;
  return { path: ['spec', 'gatewayClassName'], message, help: ofClass.help };
}

/** Parameters say how a Service is: a Gateway without one has no use for them. */
function unusedFindings(gateway: Gateway, environment: TranslateEnvironment): readonly Finding[] {
  const isNamed = gateway.spec.infrastructure?.parametersRef !== undefined;
  if (!isNamed || (environment.serviceOf?.(gateway.metadata) ?? null) !== null) return [];
  return [
    findingOf('gateway/parameters-ignored', gateway, {
      path: PATH,
      message: 'The parameters have no effect: they are about the Service of a Gateway, and here it has none',
      help: 'Nothing needs to be done',
    }),
  ];
}
