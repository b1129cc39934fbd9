// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { condition } from './condition.ts';
import { gatewayAddresses } from './gateway-address.ts';
import { infrastructure } from './gateway-infrastructure.ts';
import { gatewayListeners } from './gateway-listener.ts';
import { gatewayTls } from './gateway-tls.ts';
import type { Immutable } from './immutable.ts';
import { labelSelector } from './label-selector.ts';
import { listenerStatus } from './listener-status.ts';
import { metadata } from './metadata.ts';
import { objectName } from './names.ts';
import { GATEWAY_GROUP } from './references.ts';

const allowedListeners = z.strictObject({
  namespaces: z
    .strictObject({
      from: z.enum(['All', 'Selector', 'Same', 'None']).default('None'),
      selector: labelSelector.exactOptional(),
    })
    .default({ from: 'None' }),
});

const status = z.strictObject({
  addresses: z
    .array(
      z.strictObject({
        type: z.string().default('IPAddress'),
        value: z.string(),
        routability: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  conditions: z.array(condition).exactOptional(),
  listeners: z.array(listenerStatus).exactOptional(),
  attachedListenerSets: z.number().exactOptional(),
});

/** Gateway: where traffic comes in. */
export const gateway = z.strictObject({
  apiVersion: z.enum([`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`]),
  kind: z.literal('Gateway'),
  metadata,
  spec: z.strictObject({
    gatewayClassName: objectName,
    listeners: gatewayListeners,
    addresses: gatewayAddresses.exactOptional(),
    infrastructure: infrastructure.exactOptional(),
    allowedListeners: allowedListeners.exactOptional(),
    tls: gatewayTls.exactOptional(),
    defaultScope: z.enum(['All', 'None']).exactOptional(),
  }),
  status: status.exactOptional(),
});
export type Gateway = Immutable<z.output<typeof gateway>>;
