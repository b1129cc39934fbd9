// SPDX-License-Identifier: Apache-2.0

import type { TrustInspection } from '../../translate/index.ts';
import { certificateBlocks, readCertificate } from './pem-certificates.ts';

const BEGIN = '-----BEGIN CERTIFICATE-----';
/** A bundle of all public authorities has about 150; each costs memory in every worker that trusts it. */
export const MAX_TRUSTED_CERTIFICATES = 1_000;

/**
 * Reads certificates of authorities (PEM); the text between blocks is left aside. One that cannot be read spoils the whole, so that
 * nobody believes to trust what is not trusted. Expiry is not judged here. Never throws; depends on its argument only.
 */
export function inspectTrust(pem: string): TrustInspection {
  const blocks = certificateBlocks(pem);
  const begun = pem.split(BEGIN).length - 1;
  if (begun === 0) return { problem: 'it has no PEM certificate' };
  if (blocks.length < begun) return { problem: `${begun - blocks.length} of ${begun} certificates do not end` };
  if (blocks.length > MAX_TRUSTED_CERTIFICATES)
    return { problem: `it has ${blocks.length} certificates, and ${MAX_TRUSTED_CERTIFICATES} are the most` };
  const certificates = [];
  for (const [index, block] of blocks.entries()) {
    const certificate = readCertificate(block);
    if (certificate === undefined) return { problem: `certificate ${index + 1} cannot be read` };
    certificates.push({ pem: block, notAfterMs: certificate.validToDate.getTime() });
  }
  return { certificates };
}
