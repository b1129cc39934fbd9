// SPDX-License-Identifier: Apache-2.0

import { isObject, mappingOf } from '../plain-object.ts';
import { isNotThere, type KubeClient, KubeRefusal, type KubeResponse } from './kube-client.ts';

/** What a Secret holds, as text. */
export interface SecretText {
  readonly resourceVersion: string;
  readonly entries: ReadonlyMap<string, string>;
}

/** One Secret of our own, read and written whole. Calls reject with `KubeUnreachable` and `KubeRefusal`. */
export class SecretEntries {
  readonly #client: Pick<KubeClient, 'request'>;
  readonly #collection: string;
  readonly #names: { readonly namespace: string; readonly name: string };

  constructor(client: Pick<KubeClient, 'request'>, names: { readonly namespace: string; readonly name: string }) {
    this.#client = client;
    this.#names = names;
    this.#collection = `/api/v1/namespaces/${names.namespace}/secrets`;
  }

  /** For people: `namespace/name`. */
  get place(): string {
    return `${this.#names.namespace}/${this.#names.name}`;
  }

  /** null: there is no such Secret. */
  async read(signal: AbortSignal): Promise<SecretText | null> {
    const answer = await this.#client.request({ method: 'GET', path: this.#path, signal });
    return isNotThere(answer) ? null : this.#textOf(answer);
  }

  /**
   * Puts entries there, in the place of what `before` was read as; null: it is made. The others stay. Resolves with what is there then; null:
   * somebody else was faster.
   */
  async write(
    entries: ReadonlyMap<string, string>,
    before: SecretText | null,
    signal: AbortSignal,
  ): Promise<SecretText | null> {
    const data = Object.fromEntries([...entries].map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
    const answer = await this.#client.request(before === null ? this.#create(data) : this.#change(data, before));
    signal.throwIfAborted();
    return answer.status === 409 || (before !== null && isNotThere(answer)) ? null : this.#textOf(answer);
  }

  get #path(): string {
    return `${this.#collection}/${this.#names.name}`;
  }

  #create(data: object): Parameters<KubeClient['request']>[0] {
    const labels = { 'app.kubernetes.io/managed-by': 'daemun' };
    const body = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { ...this.#names, labels }, data };
    return { method: 'POST', path: this.#collection, body };
  }

  #change(data: object, { resourceVersion }: SecretText): Parameters<KubeClient['request']>[0] {
    return { method: 'PATCH', path: this.#path, body: { metadata: { resourceVersion }, data } };
  }

  #textOf(answer: KubeResponse): SecretText {
    const { metadata, data } = mappingOf(answer.json);
    const { resourceVersion } = mappingOf(metadata);
    // A page of a proxy is no Secret that is empty, and without its version what others wrote would be written over.
    if (answer.status >= 300 || typeof resourceVersion !== 'string' || resourceVersion === '')
      throw new KubeRefusal(answer, `Secret ${this.place}`);
    const texts = Object.entries(isObject(data) ? data : {}).map(
      ([key, value]) => [key, Buffer.from(String(value), 'base64').toString()] as const,
    );
    return { resourceVersion, entries: new Map(texts) };
  }
}
