// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { secretReference } from './references.ts';
import { serverValidation } from './server-validation.ts';
import { onlyWith } from './vocabulary.ts';

const onlyClient = onlyWith('mode', 'ClientAndServer', 'schema/backend-field');

/** Whether an XBackend is spoken to with TLS (BackendTLS): `mode` tells which fields it has. */
export const xBackendTls = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('None'),
    validation: onlyWith('mode', 'ServerOnly', 'schema/backend-field'),
    clientCertificateRef: onlyClient,
  }),
  z.strictObject({ mode: z.literal('ServerOnly'), validation: serverValidation, clientCertificateRef: onlyClient }),
  z.strictObject({
    mode: z.literal('ClientAndServer'),
    validation: serverValidation,
    clientCertificateRef: secretReference,
  }),
]);
