// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { isDnsLabel, isDnsSubdomain } from './names.ts';
import { trustAnchorsFault } from './trust-anchors.ts';
import { type Checked, quote, refuse } from './vocabulary.ts';

/** The group of ClusterTrustBundles. */
export const CERTIFICATES_GROUP = 'certificates.k8s.io';

const MAX_DOMAIN = 253;
/** A label, a subdomain and the dot between them. */
const MAX_SIGNER_NAME = MAX_DOMAIN + 1 + 253 + 63 + 1;

const spec = z.strictObject({
  /** `domain/path`; '': of no signer. */
  signerName: z.string().default('').check(refuseSigner),
  /** Certificates in PEM, one after the other. */
  trustBundle: z.string().default(''),
});

/** ClusterTrustBundle: CA certificates for all namespaces. Cluster-scoped. */
export const clusterTrustBundle = z
  .strictObject({
    apiVersion: z.enum([`${CERTIFICATES_GROUP}/v1beta1`, `${CERTIFICATES_GROUP}/v1alpha1`, `${CERTIFICATES_GROUP}/v1`]),
    kind: z.literal('ClusterTrustBundle'),
    // Unlike other names, this one may begin with a signer and a colon.
    metadata: metadata.extend({ name: z.string().prefault('') }),
    spec: spec.prefault({}),
  })
  .check(refuseName)
  .check(context => {
    const fault = trustAnchorsFault(context.value.spec.trustBundle);
    if (fault === undefined) return;
    refuse(context, { code: 'schema/trust-bundle', path: ['spec', 'trustBundle'], ...fault });
  });
export type ClusterTrustBundle = Immutable<z.output<typeof clusterTrustBundle>>;

function refuseName(context: Checked & { value: { metadata: { name: string }; spec: { signerName: string } } }): void {
  const { name } = context.value.metadata;
  const { signerName } = context.value.spec;
  const prefix = signerName === '' ? '' : `${signerName.replaceAll('/', ':')}:`;
  if (name.startsWith(prefix) && isDnsSubdomain(name.slice(prefix.length))) return;
  const rest = 'lower case letters, digits, "-" and "."';
  refuse(context, {
    code: 'schema/metadata-name',
    path: ['metadata', 'name'],
    message: `${quote(name)} cannot be the name of a ClusterTrustBundle ${prefix === '' ? 'without signerName' : `of ${signerName}`}`,
    help: prefix === '' ? `write ${rest}` : `write ${prefix} and then ${rest}`,
  });
}

function refuseSigner(context: Checked & { readonly value: string }): void {
  const { value } = context;
  if (value === '' || isSignerName(value)) return;
  refuse(context, {
    code: 'schema/signer-name',
    message: `${quote(value)} is not the name of a signer`,
    help: 'write a domain of two labels at least, a slash and a name, such as example.com/ca',
  });
}

function isSignerName(name: string): boolean {
  const [domain = '', path = '', ...more] = name.split('/');
  const labels = domain.split('.');
  if (more.length > 0 || name.length > MAX_SIGNER_NAME || domain.length > MAX_DOMAIN || labels.length < 2) return false;
  return labels.every(isDnsLabel) && path.split('.').every(isDnsSubdomain);
}
