// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about ListenerSets as a whole; their listeners have the codes of Gateways. */
export const LISTENER_SET_CODES = {
  'listener-set/parent-not-found': {
    severity: 'error',
    summary: 'the Gateway that a ListenerSet names does not exist',
    help: 'create it, or correct name and namespace of the parentRef',
  },
  'listener-set/parent-kind': {
    severity: 'error',
    summary: 'the parentRef of a ListenerSet names something that is no Gateway',
    help: 'name a Gateway',
  },
  'listener-set/not-allowed': {
    severity: 'error',
    summary: 'the Gateway does not take ListenerSets of this namespace',
    help: 'change allowedListeners of the Gateway',
  },
  'listener-set/parent-not-accepted': {
    severity: 'error',
    summary: 'the Gateway of a ListenerSet is refused as a whole, so its listeners carry no traffic',
    help: 'mend the Gateway',
  },
  'listener-set/no-valid-listener': {
    severity: 'error',
    summary: 'no listener of a ListenerSet is valid',
    help: 'see the findings of the listeners',
  },
} as const satisfies Record<`listener-set/${string}`, CatalogueEntry>;
