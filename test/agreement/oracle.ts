// SPDX-License-Identifier: Apache-2.0

/**
 * The oracle: a real API server with the Gateway API's CRDs (experimental channel), asked with a strict dry run.
 * In: a kubeconfig with a server, a CA file and a token. Out: its verdict on an object. Nothing is stored there.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';
import type { Json } from './json.ts';

/** What an API server says to an object. */
export interface Verdict {
  readonly isRefused: boolean;
  /** Its own words; '' when it takes the object. */
  readonly message: string;
  /** What it found at which field; empty where it says so in its message only. */
  readonly causes: readonly Cause[];
}

export interface Cause {
  /** With indexes: `spec.rules[0].name`. */
  readonly field: string;
  readonly message: string;
}

/** The collection an object is posted to. */
export interface Collection {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
}

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority': string } }];
  users: [{ user: { token: string } }];
}

/** A server on a busy machine gives up after half a minute; the same object may have more luck. */
const TRIES_MORE = 5;

/** A connection to an API server. */
export class Oracle {
  readonly #agent: Agent;
  readonly #server: string;
  readonly #token: string;

  /** @param kubeconfig the file's path; its first cluster and user are taken. */
  constructor(kubeconfig: string) {
    const config: Kubeconfig = parse(readFileSync(kubeconfig, 'utf8'));
    const { cluster } = config.clusters[0];
    this.#server = cluster.server;
    this.#token = config.users[0].user.token;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 8, ca: readFileSync(cluster['certificate-authority']) });
  }

  /** Asks for the verdict on an object, given as JSON text. */
  async judge(collection: Collection, json: string): Promise<Verdict> {
    const path = `${collectionPath(collection)}?dryRun=All&fieldValidation=Strict`;
    let { status, body } = await this.#call('POST', path, json);
    for (let again = 0; isOverload(status) && again < TRIES_MORE; again += 1) {
      ({ status, body } = await this.#call('POST', path, json));
    }
    if (status === 201) return { isRefused: false, message: '', causes: [] };
    if (isOverload(status)) throw new Error(`no verdict: ${status} ${body}`);
    return { isRefused: true, ...reasonsOf(body) };
  }

  /** Creates an object for real; one that is there already stays as it is. */
  async ensure(collection: Collection, json: string): Promise<void> {
    const { status, body } = await this.#call('POST', collectionPath(collection), json);
    if (status !== 201 && status !== 409) throw new Error(`cannot create: ${status} ${body}`);
  }

  /** The CustomResourceDefinition of a kind, as JSON. */
  async definitionOf({ plural, group }: { readonly plural: string; readonly group: string }): Promise<Json> {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const { status, body } = await this.#call('GET', `${path}/${plural}.${group}`);
    if (status !== 200) throw new Error(`cannot read the definition of ${plural}: ${status} ${body}`);
    return JSON.parse(body);
  }

  close(): void {
    this.#agent.destroy();
  }

  #call(method: 'GET' | 'POST', path: string, json = ''): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
      const call = request(`${this.#server}${path}`, { method, agent: this.#agent, headers }, response => {
        let body = '';
        response.setEncoding('utf8').on('data', chunk => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      });
      call.on('error', reject);
      call.end(json);
    });
  }
}

/** True for an answer that is no verdict. */
function isOverload(status: number): boolean {
  return status === 429 || status >= 500;
}

function collectionPath({ group, version, plural, namespace }: Collection): string {
  const api = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace === '' ? `${api}/${plural}` : `${api}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

function reasonsOf(body: string): Pick<Verdict, 'message' | 'causes'> {
  try {
    const { message, details } = JSON.parse(body);
    const causes: readonly Partial<Cause>[] = details?.causes ?? [];
    return {
      message: String(message),
      causes: causes.map(({ field = '', message = '' }) => ({ field, message })),
    };
  } catch {
    return { message: body, causes: [] }; // a redirect, or a refusal below the API
  }
}
