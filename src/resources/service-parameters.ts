// SPDX-License-Identifier: Apache-2.0

import { parseRange } from '../values/index.ts';

/**
 * What a ConfigMap says that is named by `parametersRef`: how the Services of Gateways are. A key that is not there leaves the choice to
 * the GatewayClass, then to what is said here. Named as the fields of `Service.spec`.
 */
export interface ServiceParameters {
  /** Default LoadBalancer. */
  readonly type?: 'LoadBalancer' | 'NodePort' | 'ClusterIP';
  /** Default PreferDualStack. */
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
  /** These and others: default as the API server has it. */
  readonly ipFamilies?: readonly ('IPv4' | 'IPv6')[];
  readonly externalTrafficPolicy?: 'Cluster' | 'Local';
  readonly internalTrafficPolicy?: 'Cluster' | 'Local';
  readonly sessionAffinity?: 'None' | 'ClientIP';
  readonly loadBalancerClass?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly allocateLoadBalancerNodePorts?: boolean;
  /** Port of the Gateway, as `80/tcp` → port of the nodes. Default: the API server's choice. */
  readonly nodePorts?: Readonly<Record<string, number>>;
}

/** What is wrong with a key, in one clause each. */
export interface ParameterProblem {
  readonly key: string;
  readonly message: string;
  readonly help: string;
}

interface Parameter {
  /** What its text may be. */
  readonly syntax: string;
  /** undefined: it is not that. */
  read(text: string): unknown;
}

const PARAMETERS: Readonly<Record<keyof ServiceParameters, Parameter>> = {
  type: oneOf('LoadBalancer', 'NodePort', 'ClusterIP'),
  ipFamilyPolicy: oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack'),
  ipFamilies: { syntax: 'IPv4, IPv6 or both, the first one first: IPv6, IPv4', read: readFamilies },
  externalTrafficPolicy: oneOf('Cluster', 'Local'),
  internalTrafficPolicy: oneOf('Cluster', 'Local'),
  sessionAffinity: oneOf('None', 'ClientIP'),
  loadBalancerClass: { syntax: 'a name, with a domain and / before it if need be', read: readClass },
  loadBalancerSourceRanges: { syntax: 'CIDR ranges: 192.0.2.0/24, 2001:db8::/32', read: readRanges },
  allocateLoadBalancerNodePorts: { syntax: 'true or false', read: readBoolean },
  nodePorts: { syntax: 'ports of the Gateway with ports of the nodes: 80=30080, 53/udp=30053', read: readNodePorts },
};

/** The keys that a ConfigMap of parameters may have. */
export const SERVICE_PARAMETER_KEYS: readonly string[] = Object.keys(PARAMETERS);

/** Reads `data` of a ConfigMap. With problems, what is sound is there all the same. */
export function readServiceParameters(data: Readonly<Record<string, string>>): {
  readonly parameters: ServiceParameters;
  readonly problems: readonly ParameterProblem[];
} {
  const parameters: Record<string, unknown> = {};
  const problems: ParameterProblem[] = [];
  for (const [key, text] of Object.entries(data)) {
    const parameter = Object.hasOwn(PARAMETERS, key) ? PARAMETERS[key as keyof ServiceParameters] : undefined;
    const value = parameter?.read(text.trim());
    if (value !== undefined) parameters[key] = value;
    else if (parameter === undefined)
      problems.push({
        key,
        message: `"${key}" is no parameter`,
        help: `Remove it; there are ${SERVICE_PARAMETER_KEYS.join(', ')}`,
      });
    else
      problems.push({
        key,
        message: `"${text.trim()}" cannot be ${key}`,
        help: `Write ${parameter.syntax}`,
      });
  }
  return { parameters, problems };
}

function oneOf(...values: readonly string[]): Parameter {
  return { syntax: values.join(' or '), read: text => (values.includes(text) ? text : undefined) };
}

function itemsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

function readFamilies(text: string): readonly string[] | undefined {
  const families = itemsOf(text);
  const isFine = families.every(one => one === 'IPv4' || one === 'IPv6') && new Set(families).size === families.length;
  return isFine && families.length > 0 ? families : undefined;
}

function readBoolean(text: string): boolean | undefined {
  return text === 'true' || (text === 'false' ? false : undefined);
}

const CLASS_NAME = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

function readClass(text: string): string | undefined {
  return CLASS_NAME.test(text) ? text : undefined;
}

function readRanges(text: string): readonly string[] | undefined {
  const ranges = itemsOf(text);
  const isFine = ranges.every(one => one.includes('/') && parseRange(one) !== undefined);
  return isFine && ranges.length > 0 ? ranges : undefined;
}

const NODE_PORT = /^(\d{1,5})(?:\/(tcp|udp))?=(\d{1,5})$/;
const LAST_PORT = 65_535;

function readNodePorts(text: string): Readonly<Record<string, number>> | undefined {
  const ports: Record<string, number> = {};
  for (const item of itemsOf(text)) {
    const [, port, transport = 'tcp', nodePort] = NODE_PORT.exec(item) ?? [];
    const isFine = [port, nodePort].every(one => Number(one) >= 1 && Number(one) <= LAST_PORT);
    if (!isFine) return undefined;
    ports[`${Number(port)}/${transport}`] = Number(nodePort);
  }
  return Object.keys(ports).length > 0 ? ports : undefined;
}
