// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { condition } from './condition.ts';
import { listeners } from './gateway-listener.ts';
import type { Immutable } from './immutable.ts';
import { listenerStatus } from './listener-status.ts';
import { metadata } from './metadata.ts';
import { group, kind, namespace, objectName } from './names.ts';
import { GATEWAY_GROUP } from './references.ts';

const parentGateway = z.strictObject({
  group: group.default(GATEWAY_GROUP),
  kind: kind.default('Gateway'),
  name: objectName,
  namespace: namespace.exactOptional(),
});

const status = z.strictObject({
  conditions: z.array(condition).exactOptional(),
  listeners: z.array(listenerStatus).exactOptional(),
});

/** ListenerSet: listeners that are added to a Gateway of which others are the owners (GEP-1713). */
export const listenerSet = z.strictObject({
  apiVersion: z.literal(`${GATEWAY_GROUP}/v1`),
  kind: z.literal('ListenerSet'),
  metadata,
  spec: z.strictObject({ parentRef: parentGateway, listeners }),
  status: status.exactOptional(),
});
export type ListenerSet = Immutable<z.output<typeof listenerSet>>;
