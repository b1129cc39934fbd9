// SPDX-License-Identifier: Apache-2.0

/** Authorities that issue certificates for tests, and backends that use them. */
import 'reflect-metadata'; // the library does not load without it
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { BackendTls, Certificate, PeerIdentity, TrustBundle } from '../../snapshot/index.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2_048,
};
type Algorithm = typeof ALGORITHM | typeof RSA;
const DAY_MS = 86_400_000;

/** PEM, as `node:tls` takes it. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Wanted {
  readonly dns?: readonly string[];
  readonly uris?: readonly string[];
  /** Days from now; default: it ends tomorrow. */
  readonly endsInDays?: number;
}

/** An authority; `bundle` is what trusts it. */
export class Authority {
  readonly bundle: TrustBundle;
  readonly #name: string;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #algorithm: Algorithm;

  private constructor(name: string, pem: string, keys: webcrypto.CryptoKeyPair, algorithm: Algorithm) {
    this.bundle = { id: `ConfigMap/default/${name}@1`, pem: [pem] };
    this.#name = name;
    this.#keys = keys;
    this.#algorithm = algorithm;
  }

  /** `kind`: of its key, and so of its signatures. */
  static async create(name: string, kind: 'ecdsa' | 'rsa' = 'ecdsa'): Promise<Authority> {
    const algorithm = kind === 'rsa' ? RSA : ALGORITHM;
    const keys = await newKeys(algorithm);
    const made = await X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - 2 * DAY_MS),
      notAfter: new Date(Date.now() + 2 * DAY_MS),
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    });
    return new Authority(name, made.toString('pem'), keys, algorithm);
  }

  async issue({ dns = [], uris = [], endsInDays = 1 }: Wanted): Promise<Pair> {
    const keys = await newKeys(ALGORITHM);
    const names = [
      ...dns.map(value => ({ type: 'dns' as const, value })),
      ...uris.map(value => ({ type: 'url' as const, value })),
    ];
    const made = await X509CertificateGenerator.create({
      subject: 'CN=backend',
      issuer: `CN=${this.#name}`,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: this.#algorithm,
      notBefore: new Date(Date.now() - 2 * DAY_MS),
      notAfter: new Date(Date.now() + endsInDays * DAY_MS),
      extensions: [new SubjectAlternativeNameExtension(names)],
    });
    const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    return { cert: made.toString('pem'), key };
  }
}

/** How a cluster is spoken to whose endpoints have a certificate of `authority` for `host`. */
export function tlsTo(host: string, authority: Authority, changes: Partial<BackendTls> = {}): BackendTls {
  const identities: readonly PeerIdentity[] = [{ kind: 'hostname', hostname: host }];
  return {
    serverName: host,
    trust: { kind: 'bundle', bundle: authority.bundle.id },
    identities,
    clientCertificate: null,
    ...changes,
  };
}

/** As the snapshot holds a certificate. */
export function certificateOf(id: string, { cert, key }: Pair): Certificate {
  return { id, chain: cert, key, names: [], notAfterMs: Date.now() + DAY_MS };
}

function newKeys(algorithm: Algorithm): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}
