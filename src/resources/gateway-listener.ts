// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { labelSelector } from './label-selector.ts';
import { listenerFilters } from './listener-filters.ts';
import { group, hostname, kind, sectionName } from './names.ts';
import { GATEWAY_GROUP, port, secretReference } from './references.ts';
import { type Checked, list, refuse, text, textMap } from './vocabulary.ts';

const PROTOCOL =
  /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]+$/;

const routeGroupKind = z.strictObject({ group: group.default(GATEWAY_GROUP), kind });

const allowedRoutes = z.strictObject({
  namespaces: z
    .strictObject({
      from: z.enum(['All', 'Selector', 'Same']).default('Same'),
      selector: labelSelector.exactOptional(),
    })
    .default({ from: 'Same' }),
  kinds: list(routeGroupKind, { max: 8 }).exactOptional(),
});

const listenerTls = z
  .strictObject({
    mode: z.enum(['Terminate', 'Passthrough']).default('Terminate'),
    certificateRefs: list(secretReference, { max: 64 }).exactOptional(),
    options: textMap(text({ max: 4096 }), 16).exactOptional(),
  })
  .check(context => {
    const { mode, certificateRefs = [], options = {} } = context.value;
    if (mode !== 'Terminate' || certificateRefs.length > 0 || Object.keys(options).length > 0) return;
    refuse(context, {
      code: 'schema/listener-certificate-missing',
      message: 'TLS is terminated here, but no certificate is named',
      help: 'add certificateRefs: with the name of a Secret, or set mode: Passthrough',
    });
  });

/** One listener of a Gateway or a ListenerSet. `protocol` may be any text of its pattern, not only those of the specification. */
export const gatewayListener = z.strictObject({
  name: sectionName,
  hostname: hostname.exactOptional(),
  port,
  protocol: text({ min: 1, max: 255, pattern: PROTOCOL, is: 'a protocol such as HTTP, HTTPS or TLS' }),
  tls: listenerTls.exactOptional(),
  filters: listenerFilters.exactOptional(),
  allowedRoutes: allowedRoutes.default({ namespaces: { from: 'Same' } }),
});
export type GatewayListener = Immutable<z.output<typeof gatewayListener>>;

const WITHOUT_TLS = new Set(['HTTP', 'TCP', 'UDP']);
const WITHOUT_HOSTNAME = new Set(['TCP', 'UDP']);

/** The listeners of a Gateway or a ListenerSet, with the rules that hold between their fields and between them. */
export const listeners = list(gatewayListener, { min: 1, max: 64, key: 'name' }).check(context => {
  const sockets = new Map<string, string>();
  for (const [index, listener] of context.value.entries()) {
    refuseContradictions(context, index, listener);
    const { port: number, protocol, hostname: host } = listener;
    const socket = `${number} ${protocol} ${host ?? ''}`;
    const first = sockets.get(socket);
    if (first === undefined) {
      sockets.set(socket, listener.name);
      continue;
    }
    refuse(context, {
      code: 'schema/listener-conflict',
      path: [index],
      message: `port ${number}, protocol ${protocol} and ${host ?? 'no hostname'} are already listener ${first}'s`,
      help: 'change port, protocol or hostname, or remove one of the two listeners',
    });
  }
});

function refuseContradictions(
  context: Checked,
  index: number,
  { protocol, tls, hostname: host }: GatewayListener,
): void {
  if (tls !== undefined && WITHOUT_TLS.has(protocol)) {
    refuse(context, {
      code: 'schema/listener-tls-forbidden',
      path: [index, 'tls'],
      message: `protocol ${protocol} has no TLS`,
      help: protocol === 'HTTP' ? 'set protocol: HTTPS, or remove tls:' : 'set protocol: TLS, or remove tls:',
    });
  }
  if (protocol === 'HTTPS' && tls !== undefined && tls.mode !== 'Terminate') {
    refuse(context, {
      code: 'schema/listener-tls-mode',
      path: [index, 'tls', 'mode'],
      message: `protocol HTTPS needs mode Terminate, not ${tls.mode}`,
      help: 'set mode: Terminate, or protocol: TLS',
    });
  }
  if (protocol === 'TLS' && tls === undefined) {
    refuse(context, {
      code: 'schema/listener-tls-required',
      path: [index, 'tls'],
      message: 'protocol TLS needs tls:',
      help: 'add tls: with mode: Passthrough, or with mode: Terminate and certificateRefs:',
    });
  }
  if (host !== undefined && WITHOUT_HOSTNAME.has(protocol)) {
    refuse(context, {
      code: 'schema/listener-hostname-forbidden',
      path: [index, 'hostname'],
      message: `protocol ${protocol} has no hostnames`,
      help: 'remove hostname:',
    });
  }
}

const WITH_FILTERS = new Set(['HTTP', 'HTTPS']);

/** The listeners of a Gateway. A ListenerSet's may have filters that nothing passes: its CRD has no such rule. */
export const gatewayListeners = listeners.check(context => {
  for (const [index, { protocol, filters }] of context.value.entries()) {
    if (filters === undefined || WITH_FILTERS.has(protocol)) continue;
    refuse(context, {
      code: 'schema/listener-filters-forbidden',
      path: [index, 'filters'],
      message: `protocol ${protocol} has no requests to filter`,
      help: 'remove filters:',
    });
  }
});
