// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Of XMeshes, and of ports of Services that are routed. */
export const MESH_CODES = {
  'mesh/invalid-parameters': {
    severity: 'error',
    summary: 'an XMesh refers to parameters of a kind that is not supported',
    help: 'remove parametersRef',
  },
  'mesh/frontend-unbound': {
    severity: 'error',
    summary: 'the socket where the connections to a port of a Service come cannot be bound',
    help: 'free the port, or give the Service another address',
  },
  'mesh/frontend-taken': {
    severity: 'error',
    summary:
      'a Gateway, or an older Service, has the socket to which the connections to a port of a Service would come',
    help: 'give one of the two another address',
  },
} as const satisfies Record<`mesh/${string}`, CatalogueEntry>;
