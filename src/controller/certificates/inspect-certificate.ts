// SPDX-License-Identifier: Apache-2.0

import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { certificateRefusal } from '../../proxy/index.ts';
import type { CertificateInspection } from '../../translate/index.ts';
import { certificateBlocks, readCertificate } from './pem-certificates.ts';

/**
 * Reads a certificate chain and its private key (PEM): the leaf's DNS names and expiry, or why the pair cannot be used.
 * The leaf must come first, each certificate must be followed by its issuer, and the key must be the leaf's. Whether TLS
 * can use the pair is judged by the code that will serve it. What is served is what was judged: the certificates without
 * the text around them, which OpenSSL does not skip in all its forms (a byte order mark before a block, say). Expiry is not
 * judged here. Never throws; depends on its arguments only.
 */
export function inspectCertificate(chainPem: string, keyPem: string): CertificateInspection {
  const blocks = certificateBlocks(chainPem);
  const chain: X509Certificate[] = [];
  for (const [index, block] of blocks.entries()) {
    const certificate = readCertificate(block);
    if (certificate === undefined) return { problem: `certificate ${index + 1} in tls.crt cannot be read` };
    chain.push(certificate);
  }
  const [leaf] = chain;
  if (leaf === undefined) return { problem: 'tls.crt has no PEM certificate' };
  const key = keyPem.slice(Math.max(0, keyPem.indexOf('-----BEGIN ')));
  const privateKey = readPrivateKey(key);
  if (privateKey === undefined)
    return { problem: 'tls.key has no private key that can be read (encrypted keys cannot)' };
  if (!leaf.checkPrivateKey(privateKey))
    return { problem: 'tls.key is not the key of the first certificate in tls.crt' };
  const broken = chain.findIndex((certificate, index) => !isFollowedByIssuer(certificate, chain[index + 1]));
  if (broken >= 0) return { problem: `certificate ${broken + 2} in tls.crt is not the issuer of the one before it` };
  const pair = { chain: `${blocks.join('\n')}\n`, key };
  const refusal = certificateRefusal(pair);
  if (refusal !== null) return { problem: refusal };
  return { ...pair, names: dnsNames(leaf), notAfterMs: leaf.validToDate.getTime() };
}

function isFollowedByIssuer(certificate: X509Certificate, next: X509Certificate | undefined): boolean {
  return next === undefined || certificate.checkIssued(next);
}

/** The DNS names of the leaf: its subject alternative names, else its common name; lower case. */
function dnsNames(leaf: X509Certificate): readonly string[] {
  const names = (leaf.subjectAltName ?? '')
    .split(', ')
    .filter(entry => entry.startsWith('DNS:'))
    .map(entry => entry.slice('DNS:'.length).toLowerCase());
  if (leaf.subjectAltName !== undefined) return names;
  const commonName = /^CN=(.+)$/m.exec(leaf.subject)?.[1];
  return commonName === undefined ? [] : [commonName.toLowerCase()];
}

function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
