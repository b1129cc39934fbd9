// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { isDnsSubdomain } from './names.ts';
import { type Checked, quote, refuse } from './vocabulary.ts';

/** The group of ClusterTrustBundles. */
export const CERTIFICATES_GROUP = 'certificates.k8s.io';

const spec = z.looseObject({
  /** '': of no signer. */
  signerName: z.string().default(''),
  /** Certificates in PEM, one after the other. */
  trustBundle: z.string().default(''),
});

/** ClusterTrustBundle: CA certificates for all namespaces. Cluster-scoped. */
export const clusterTrustBundle = z
  .looseObject({
    apiVersion: z.enum([`${CERTIFICATES_GROUP}/v1beta1`, `${CERTIFICATES_GROUP}/v1alpha1`, `${CERTIFICATES_GROUP}/v1`]),
    kind: z.literal('ClusterTrustBundle'),
    // Unlike other names, this one may begin with a signer and a colon.
    metadata: metadata.extend({ name: z.string().prefault('') }),
    spec: spec.prefault({}),
  })
  .check(refuseName)
  .check(context => {
    if (context.value.spec.trustBundle.includes('-----BEGIN CERTIFICATE-----')) return;
    refuse(context, {
      code: 'schema/trust-bundle',
      path: ['spec', 'trustBundle'],
      message: 'has no certificate in PEM',
      help: 'write at least one block that begins with -----BEGIN CERTIFICATE-----',
    });
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
