// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about what `run --demo` puts in place of something that is missing. */
export const DEMO_CODES = {
  'demo/certificate-minted': {
    severity: 'warning',
    summary: 'a Secret that a listener names does not exist; the demo made a certificate from its development CA',
    help: 'create the Secret before the Gateway is used for anything but a demo',
  },
  'demo/ca-minted': {
    severity: 'warning',
    summary:
      'a ConfigMap that a BackendTLSPolicy names does not exist; the demo uses the certificate of its development CA',
    help: 'create the ConfigMap before the policy is used for anything but a demo',
  },
} as const satisfies Record<`demo/${string}`, CatalogueEntry>;
