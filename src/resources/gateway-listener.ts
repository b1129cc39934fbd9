// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { labelSelector } from './label-selector.ts';
import { group, hostname, kind, sectionName } from './names.ts';
import { GATEWAY_GROUP, port, secretReference } from './references.ts';
import { list, refuse, text, textMap } from './vocabulary.ts';

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

/** One listener of a Gateway. `protocol` may be any text of its pattern, not only those of the specification. */
export const gatewayListener = z.strictObject({
  name: sectionName,
  hostname: hostname.exactOptional(),
  port,
  protocol: text({ min: 1, max: 255, pattern: PROTOCOL, is: 'a protocol such as HTTP, HTTPS or TLS' }),
  tls: listenerTls.exactOptional(),
  allowedRoutes: allowedRoutes.default({ namespaces: { from: 'Same' } }),
});
export type GatewayListener = Immutable<z.output<typeof gatewayListener>>;
