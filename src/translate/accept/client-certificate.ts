// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway } from '../../resources/index.ts';
import type { Certificate } from '../../snapshot/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import type { Problem } from '../outcomes.ts';
import {
  type CertificateRef,
  type CertificateSite,
  expiryFindings,
  resolveCertificate,
  type SecretReader,
} from './certificates.ts';

/** What is shown to backends that ask who asks. */
export interface ClientCertificate {
  /** `namespace/name` of the Secret; null: it has none that can be used, so none is shown. */
  readonly secret: string | null;
  readonly certificate: Certificate | null;
  readonly problem: Problem<'InvalidClientCertificateRef' | 'RefNotPermitted'> | null;
  readonly findings: readonly Finding[];
}

export const NO_CLIENT_CERTIFICATE: ClientCertificate = {
  secret: null,
  certificate: null,
  problem: null,
  findings: [],
};

/** Resolves `spec.tls.backend.clientCertificateRef`. */
export function resolveClientCertificate(gateway: Gateway, reader: SecretReader): ClientCertificate {
  const ref = gateway.spec.tls?.backend?.clientCertificateRef;
  if (ref === undefined) return NO_CLIENT_CERTIFICATE;
  return resolveClientRef(ref, { owner: gateway, path: ['spec', 'tls', 'backend', 'clientCertificateRef'], reader });
}

/** Follows a reference to what is shown to backends. */
export function resolveClientRef(ref: CertificateRef, site: CertificateSite): ClientCertificate {
  const found = resolveCertificate(ref, site);
  if ('reason' in found) {
    const reason = found.reason === 'RefNotPermitted' ? found.reason : 'InvalidClientCertificateRef';
    return { ...NO_CLIENT_CERTIFICATE, problem: { reason, finding: found.finding }, findings: [found.finding] };
  }
  return {
    secret: formatNamespacedName(found.secret.metadata),
    certificate: found.certificate,
    problem: null,
    findings: expiryFindings(found, site),
  };
}
