// SPDX-License-Identifier: Apache-2.0

import { formatNamespacedName } from '../../values/index.ts';
import type { OwnPods, Replica } from '../owned/replicas.ts';
import { processError, type Trouble } from '../shown/trouble.ts';

/** That this Pod is not among those that Services of Gateways lead to: it gets no connections, however well it is. */
export function replicaTroubles({ addresses, service }: OwnPods, replicas: readonly Replica[]): Trouble[] {
  const isThere = replicas.some(
    ({ addresses: [address], conditions }) => conditions.ready && addresses.includes(address),
  );
  if (service === null || isThere) return [];
  const none = replicas.some(({ conditions }) => conditions.ready) ? 'this Pod' : 'any Pod';
  return [
    processError({
      subject: `Service ${formatNamespacedName(service)}`,
      message: `it has no endpoint that is ready for ${none} (${addresses.join(', ')} is this one), so Services of Gateways do not lead there`,
      since: null,
      next: `kubectl get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o yaml`,
    }),
  ];
}
