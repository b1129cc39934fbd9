// SPDX-License-Identifier: Apache-2.0

import 'reflect-metadata'; // the library does not load without it
import { webcrypto } from 'node:crypto';
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { Certificate } from '../../snapshot/index.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** A self-signed certificate for the names, as the snapshot holds it. */
export async function certificate(id: string, names: readonly string[]): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const notAfterMs = Date.now() + DAY_MS;
  const made = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${id}`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(notAfterMs),
    extensions: [new SubjectAlternativeNameExtension(names.map(value => ({ type: 'dns' as const, value })))],
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { id, chain: made.toString('pem'), key, names, notAfterMs };
}
