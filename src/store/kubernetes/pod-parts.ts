// SPDX-License-Identifier: Apache-2.0

import { isObject, mappingOf } from '../plain-object.ts';

/** Of a Pod, which is large and changes often, where it is, whether alone, and whether it is ready. */
export function podParts(pod: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const status = mappingOf(pod['status']);
  const { phase, podIP, podIPs, conditions } = status;
  const { hostNetwork } = mappingOf(pod['spec']);
  const ready = Array.isArray(conditions) ? conditions.filter(isReadiness) : [];
  return {
    ...{ apiVersion: pod['apiVersion'], kind: pod['kind'], metadata: pod['metadata'] },
    ...(hostNetwork === true ? { spec: { hostNetwork } } : {}),
    status: { phase, podIP, podIPs, conditions: ready.map(({ type, status: value }) => ({ type, status: value })) },
  };
}

function isReadiness(condition: unknown): condition is Record<string, unknown> {
  return isObject(condition) && condition['type'] === 'Ready';
}
