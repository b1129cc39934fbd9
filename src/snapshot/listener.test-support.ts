// SPDX-License-Identifier: Apache-2.0

import { type ListenerIdentity, type RequestRouting, requestListeners, type VirtualHost } from './listener.ts';
import type { Snapshot } from './snapshot.ts';

/** What a Gateway's own listener has when the Gateway says nothing of it. */
export const PLAIN_EDGE: Omit<RequestRouting, 'virtualHosts'> & Pick<ListenerIdentity, 'listenerSet' | 'clients'> = {
  listenerSet: null,
  clients: null,
  filters: [],
  health: null,
  trustedProxies: [],
  tracing: null,
  ports: { own: 80, http: 80, https: 443 },
};

/** The virtual hosts of the first listener of the first binding. */
export function firstHosts({ bindings }: Pick<Snapshot, 'bindings'>): readonly VirtualHost[] {
  return requestListeners(bindings[0]?.listeners ?? [])[0]?.virtualHosts ?? [];
}
