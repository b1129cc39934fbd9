// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about references to certificates of authorities. */
export const TRUST_CODES = {
  'trust/kind': {
    severity: 'error',
    summary: 'a caCertificateRef names something that CA certificates are not read from',
    help: 'refer to a ConfigMap or a ClusterTrustBundle',
  },
  'trust/not-permitted': {
    severity: 'error',
    summary: 'a caCertificateRef crosses namespaces without a ReferenceGrant',
    help: 'create the ReferenceGrant that the finding spells out',
  },
  'trust/not-found': {
    severity: 'error',
    summary: 'a caCertificateRef names an object that does not exist',
    help: 'create it, or correct the name',
  },
  'trust/invalid': {
    severity: 'error',
    summary: 'an object that a caCertificateRef names holds no usable certificates',
    help: 'write certificates in PEM, in a ConfigMap under the key ca.crt',
  },
  'trust/expired': {
    severity: 'warning',
    summary: 'all CA certificates of an object have expired, so that nothing is trusted by them',
    help: 'add their successor',
  },
  'trust/expires-soon': {
    severity: 'warning',
    summary: 'the last CA certificate of an object expires within 30 days',
    help: 'add its successor before that',
  },
} as const satisfies Record<`trust/${string}`, CatalogueEntry>;
