// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from 'node:timers/promises';
import { type KubeClient, openCluster } from '../../src/store/index.ts';
import { systemClock, systemRandom } from '../../src/time/index.ts';

const GOING_POLL_MS = 200;

/** An API server, asked as an administrator. */
export class Api {
  readonly #client: KubeClient;

  private constructor(client: KubeClient) {
    this.#client = client;
  }

  /** @param kubeconfig the file's path; its current context is taken. */
  static async open(kubeconfig: string): Promise<Api> {
    const place = { kubeconfig, context: null, environment: {}, home: '' };
    const log = { info: () => undefined, warn: () => undefined };
    const { client } = await openCluster({ place, clock: systemClock, random: systemRandom, log });
    return new Api(client);
  }

  /** What is there. @throws Error for any status but 2xx. */
  async get<T>(path: string): Promise<T> {
    return (await this.#ask({ method: 'GET', path })) as T;
  }

  /** Changes the fields that `patch` has. @throws Error for any status but 2xx. */
  async patch(path: string, patch: object): Promise<void> {
    await this.#ask({ method: 'PATCH', path, body: patch });
  }

  /** Creates an object or puts the given one in the place of the old one's fields. @throws Error for any status but 2xx. */
  async apply(path: string, object: object): Promise<void> {
    const query = { fieldManager: 'bench', force: 'true' };
    await this.#ask({ method: 'PATCH', path, query, body: object, contentType: 'application/apply-patch+yaml' });
  }

  /** One of that name which is going, with all that an earlier run made, is waited for. */
  async makeNamespace(name: string): Promise<void> {
    const path = `/api/v1/namespaces/${name}`;
    const isGoing = async (): Promise<boolean> => {
      const { json } = await this.#client.request({ method: 'GET', path });
      return (json as { status?: { phase?: string } } | null)?.status?.phase === 'Terminating';
    };
    while (await isGoing()) await wait(GOING_POLL_MS);
    await this.apply(path, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }

  /** What is not there need not be deleted. @throws Error for any other status but 2xx. */
  async delete(path: string): Promise<void> {
    await this.#ask({ method: 'DELETE', path });
  }

  close(): void {
    this.#client.close();
  }

  async #ask(request: Parameters<KubeClient['request']>[0]): Promise<unknown> {
    const { method, path } = request;
    // A connection that was idle for minutes may be closed as it is used again; each of these may be asked twice.
    const { status, json } = await this.#client.request(request).catch(() => this.#client.request(request));
    if (status >= 300 && !(method === 'DELETE' && status === 404))
      throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  }
}
