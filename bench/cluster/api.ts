// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority': string } }];
  users: [{ user: { token: string } }];
}

/** An API server, asked as an administrator. */
export class Api {
  readonly #agent: Agent;
  readonly #server: string;
  readonly #token: string;

  /** @param kubeconfig the file's path; its first cluster and user are taken, with a CA file and a token. */
  constructor(kubeconfig: string) {
    const config: Kubeconfig = parse(readFileSync(kubeconfig, 'utf8'));
    const { cluster } = config.clusters[0];
    this.#server = cluster.server;
    this.#token = config.users[0].user.token;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 8, ca: readFileSync(cluster['certificate-authority']) });
  }

  /** The object that is answered. @throws Error for any status but 2xx, and 404 for DELETE. */
  async ask<T>(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<T> {
    const { status, text } = await this.#exchange(
      method,
      path,
      body === undefined ? '' : JSON.stringify(body),
      contentType,
    );
    if (status >= 300 && !(method === 'DELETE' && status === 404))
      throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Creates an object or puts the given one in the place of the old one's fields. */
  async apply(path: string, object: object): Promise<void> {
    await this.ask('PATCH', `${path}?fieldManager=bench&force=true`, object, 'application/apply-patch+yaml');
  }

  #exchange(
    method: string,
    path: string,
    body: string,
    contentType: string,
  ): Promise<{ status: number; text: string }> {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
    };
    return new Promise((resolve, reject) => {
      const asked = request(`${this.#server}${path}`, { method, agent: this.#agent, headers }, answer => {
        const parts: Buffer[] = [];
        answer.on('data', part => parts.push(part));
        answer.once('error', reject);
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      });
      asked.once('error', reject);
      asked.end(body);
    });
  }
}
