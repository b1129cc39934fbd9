// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { externalAuth } from './external-auth.ts';
import { localReference } from './references.ts';
import { list, onlyWith } from './vocabulary.ts';

const requestFilter = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ExternalAuth'),
    externalAuth,
    extensionRef: onlyWith('type', 'ExtensionRef'),
  }),
  z.strictObject({
    type: z.literal('ExtensionRef'),
    extensionRef: localReference,
    externalAuth: onlyWith('type', 'ExternalAuth'),
  }),
]);

/** What every request of a listener passes before it is routed (ListenerFilters). Experimental. */
export const listenerFilters = z.strictObject({ requests: list(requestFilter, { max: 16 }).exactOptional() });
