// SPDX-License-Identifier: Apache-2.0

/** A validating webhook of this machine, as API servers ask one: TLS, an AdmissionReview each way. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type CertificatePair, parseCertificateHost, selfSignedCertificate } from '../../../src/demo/index.ts';

const ADDRESS = '10.200.125.202';
const TIMEOUT_SECONDS = 2;

interface AdmissionReview {
  readonly apiVersion: string;
  readonly request: { readonly uid: string };
}

export class Webhook {
  readonly #pair: CertificatePair;
  readonly #server: Server;
  #port = 0;
  allows = false;

  private constructor(pair: CertificatePair) {
    this.#pair = pair;
    this.#server = createServer({ cert: pair.chain, key: pair.key }, (request, response) => {
      void json(request).then(
        review => response.setHeader('content-type', 'application/json').end(this.#answer(review as AdmissionReview)),
        () => response.destroy(),
      );
    });
  }

  static async open(): Promise<Webhook> {
    const names = [parseCertificateHost(ADDRESS)].flatMap(name => name ?? []);
    const webhook = new Webhook(await selfSignedCertificate(names, { nowMs: Date.now(), days: 1 }));
    await webhook.comeBack();
    return webhook;
  }

  /** Asked for what `rule` says; without an answer the request fails. */
  configuration(name: string, rule: object): object {
    const clientConfig = {
      url: `https://${ADDRESS}:${this.#port}/`,
      caBundle: Buffer.from(this.#pair.chain).toString('base64'),
    };
    const webhook = {
      ...{ name: 'frozen.daemun.dev', clientConfig, rules: [rule], failurePolicy: 'Fail', sideEffects: 'None' },
      ...{ admissionReviewVersions: ['v1'], timeoutSeconds: TIMEOUT_SECONDS },
    };
    return {
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name } },
      webhooks: [webhook],
    };
  }

  /** Nobody listens any more. */
  async leave(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens, on the same port as before. */
  async comeBack(): Promise<void> {
    this.#server.listen(this.#port, ADDRESS);
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer({ apiVersion, request: { uid } }: AdmissionReview): string {
    const status = { code: 403, message: 'statuses are frozen' };
    const response = { uid, allowed: this.allows, ...(!this.allows && { status }) };
    return JSON.stringify({ apiVersion, kind: 'AdmissionReview', response });
  }
}
