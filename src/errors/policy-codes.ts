// SPDX-License-Identifier: Apache-2.0

import type { CatalogueEntry } from './catalogue-entry.ts';

/** Codes of findings about policies that are attached to other objects. */
export const POLICY_CODES = {
  'policy/conflicted': {
    severity: 'error',
    summary: 'an older policy, or one whose name comes first, is for the same target',
    help: 'remove one of them, or give each a section of its own',
  },
  'policy/target-not-found': {
    severity: 'error',
    summary: 'a policy is for something that does not exist, or for a kind that it cannot be for',
    help: 'create the target, or correct the targetRef',
  },
  'policy/no-valid-ca': {
    severity: 'error',
    summary: 'none of the CA certificates of a BackendTLSPolicy can be used; nothing is sent to its target',
    help: 'see the findings of its caCertificateRefs',
  },
  'policy/well-known-ca': {
    severity: 'error',
    summary: 'a BackendTLSPolicy names well-known CA certificates that are not known; nothing is sent to its target',
    help: 'write System, or name your own in caCertificateRefs',
  },
  'policy/options-ignored': {
    severity: 'warning',
    summary: 'a BackendTLSPolicy has options, and none are known',
    help: 'remove them',
  },
  'policy/backend-untrusted': {
    severity: 'error',
    summary: 'a backend must be spoken to in TLS, and its BackendTLSPolicy cannot be used',
    help: 'see the findings of the policy',
  },
  'policy/attribute-unknown': {
    severity: 'warning',
    summary: 'an XTelemetryPolicy asks for an attribute of spans that is not known',
    help: 'name one of the list, or remove the attribute',
  },
} as const satisfies Record<`policy/${string}`, CatalogueEntry>;
