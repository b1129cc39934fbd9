// SPDX-License-Identifier: Apache-2.0

/** Parameters of GatewayClasses and Gateways: ConfigMaps that say how the Services of Gateways are. */
import type { ReferenceTarget } from '../../errors/index.ts';
import {
  type ConfigMap,
  type ResourceSet,
  readServiceParameters,
  type ServiceParameters,
} from '../../resources/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import type { TranslateEnvironment } from '../environment.ts';
import { missingText } from '../resolve/missing-object.ts';

/** What a `parametersRef` came to; the words are for a finding about the object that has it. */
export type Parameters =
  | { readonly state: 'read'; readonly parameters: ServiceParameters }
  | { readonly state: 'invalid'; readonly message: string; readonly help: string; readonly target?: ReferenceTarget };

/** No parameters: everything is as it is by default. */
export const NO_PARAMETERS: Parameters = { state: 'read', parameters: {} };

interface ParametersReference {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface ParametersReader {
  readonly resources: Pick<ResourceSet, 'configMaps'>;
  readonly environment: Pick<TranslateEnvironment, 'refused'>;
}

/** Follows a reference; undefined is none. */
export function resolveParameters(
  reference: ParametersReference | undefined,
  { resources, environment }: ParametersReader,
): Parameters {
  if (reference === undefined) return NO_PARAMETERS;
  const { group, kind, name, namespace = '' } = reference;
  if (group !== '' || kind !== 'ConfigMap')
    return {
      state: 'invalid',
      message: `It names ${kind}${group === '' ? '' : ` of ${group}`}, and only ConfigMaps are known as parameters`,
      help: 'Name a ConfigMap (group: ""), or remove it',
    };
  if (namespace === '')
    return { state: 'invalid', message: 'It names a ConfigMap, but not its namespace', help: 'Add namespace:' };
  const target = { kind: 'ConfigMap', namespace, name };
  const configMap = resources.configMaps.get(formatNamespacedName(target));
  if (configMap !== undefined) return readConfigMap(configMap);
  const help = `Create it: kubectl create configmap ${name} -n ${namespace} --from-literal=type=LoadBalancer`;
  const refusal = environment.refused?.get(`ConfigMap/${formatNamespacedName(target)}`);
  return { state: 'invalid', ...missingText(target, refusal, { help }) };
}

function readConfigMap({ metadata, data }: ConfigMap): Parameters {
  const { parameters, problems } = readServiceParameters(data);
  if (problems.length === 0) return { state: 'read', parameters };
  const place = `ConfigMap ${formatNamespacedName(metadata)}`;
  return {
    state: 'invalid',
    message: problems.map(({ message }) => `${place}: ${message}`).join('; '),
    help: problems.map(({ help }) => help).join('; '),
  };
}
