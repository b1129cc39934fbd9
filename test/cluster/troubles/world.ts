// SPDX-License-Identifier: Apache-2.0

/** Objects of the steps, and what is written of them. */
import type { Api } from '../../../bench/cluster/api.ts';
import { CLASS, NAMESPACE } from '../../../bench/cluster/objects.ts';

export const GATEWAY_API = '/apis/gateway.networking.k8s.io/v1';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

interface Conditions {
  readonly conditions?: readonly Condition[];
}

interface Stored {
  readonly metadata: { readonly generation?: number };
  readonly status?: Conditions & { readonly parents?: readonly Conditions[] };
}

export function gatewayPath(name: string): string {
  return `${GATEWAY_API}/namespaces/${NAMESPACE}/gateways/${name}`;
}

/** A Gateway with one listener, at an address of the pool. */
export function gateway(name: string, address: string): object {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { namespace: NAMESPACE, name },
    spec: {
      gatewayClassName: CLASS,
      addresses: [{ type: 'IPAddress', value: address }],
      listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
    },
  };
}

/** The condition of an object, or of a route's first parent, if it is about the generation that is there. */
export async function conditionOf(api: Api, path: string, type: string): Promise<Condition | undefined> {
  const { metadata, status } = await api.get<Stored>(path);
  const conditions = status?.parents?.[0]?.conditions ?? status?.conditions ?? [];
  return conditions.find(one => one.type === type && one.observedGeneration === metadata.generation);
}
