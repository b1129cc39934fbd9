// SPDX-License-Identifier: Apache-2.0

import {
  type BackendTls,
  type Certificate,
  type Cluster,
  type Snapshot,
  sameContent,
  type TrustBundle,
} from '../../snapshot/index.ts';
import { ClientContexts, type ClientSecrets } from './client-contexts.ts';
import { alpnOf } from './codec.ts';
import { type HandshakeResult, TlsClient } from './tls-client.ts';

/** Told of each handshake with an endpoint of a cluster. */
export type HandshakeReport = (cluster: string, result: HandshakeResult) => void;

/** Makes the TLS clients of clusters of what a snapshot holds. */
export class TlsClients {
  readonly #report: HandshakeReport;
  #certificates: ReadonlyMap<string, Certificate> = new Map();
  #bundles: ReadonlyMap<string, TrustBundle> = new Map();
  readonly #contexts = new ClientContexts();

  constructor(report: HandshakeReport) {
    this.#report = report;
  }

  /** From now on bundles and certificates are those of the snapshot. */
  update({ certificates, trustBundles }: Pick<Snapshot, 'certificates' | 'trustBundles'>): void {
    this.#certificates = new Map(certificates.map(certificate => [certificate.id, certificate]));
    this.#bundles = new Map(trustBundles.map(bundle => [bundle.id, bundle]));
  }

  /**
   * The client of a cluster, `previous` if that is still good; null: it speaks cleartext.
   * @throws Error when the snapshot lacks what the cluster names: a bug of who made it.
   */
  clientOf({ id, tls, protocol }: Cluster, previous: TlsClient | null): TlsClient | null {
    if (tls === null) return null;
    // Ids of bundles and certificates follow from their content.
    if (previous !== null && sameContent(previous.tls, tls)) return previous;
    const proof = { secrets: this.#secretsOf(id, tls), contexts: this.#contexts };
    return new TlsClient({ tls, alpn: alpnOf(protocol) }, proof, result => this.#report(id, result));
  }

  #secretsOf(id: string, tls: BackendTls): ClientSecrets {
    const trust = tls.trust.kind === 'system' ? null : this.#bundles.get(tls.trust.bundle);
    const certificate = tls.clientCertificate === null ? null : this.#certificates.get(tls.clientCertificate);
    if (trust === undefined || certificate === undefined)
      throw new Error(`the snapshot lacks a trust bundle or certificate of cluster ${id}`);
    return { trust, certificate };
  }
}
