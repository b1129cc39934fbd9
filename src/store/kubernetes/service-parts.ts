// SPDX-License-Identifier: Apache-2.0

import { TRAFFIC_DISTRIBUTIONS } from '../../resources/index.ts';
import { isObject, mappingOf } from '../plain-object.ts';

const KNOWN_DISTRIBUTIONS: ReadonlySet<unknown> = new Set(TRAFFIC_DISTRIBUTIONS);

/** Of a Service what is asked of it, as far as we know it, and what a load balancer gave it. */
export function serviceParts({ status, ...service }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { ingress } = mappingOf(mappingOf(status)['loadBalancer']);
  const isGiven = Array.isArray(ingress) && ingress.length > 0;
  return {
    ...service,
    ...(isObject(service['spec']) && { spec: specParts(service['spec']) }),
    ...(isGiven && { status: { loadBalancer: { ingress } } }),
  };
}

/** A newer Kubernetes may know other distributions. They are no more than preferences: to have none is better than to have no Service. */
function specParts({ trafficDistribution, ...spec }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return KNOWN_DISTRIBUTIONS.has(trafficDistribution) ? { ...spec, trafficDistribution } : spec;
}
