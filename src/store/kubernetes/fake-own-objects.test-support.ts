// SPDX-License-Identifier: Apache-2.0

type Json = Record<string, unknown>;

/** Leases and Secrets that daemun itself reads and writes one by one. */
export class FakeOwnObjects {
  readonly #objects = new Map<string, Json>();
  #version = 0;
  /** Answers instead, for all of a resource (`secrets`): 403, 500. */
  readonly refused = new Map<string, number>();

  /** By `secrets/NAMESPACE/NAME`. */
  get(key: string): Readonly<Json> | undefined {
    return this.#objects.get(key);
  }

  /** Changes fields as somebody else would. */
  set(key: string, fields: Json): void {
    this.#store(key, { ...this.#objects.get(key), ...fields });
  }

  /** undefined: the path is not of such an object. */
  answer(method: string, path: string, body: string): { readonly status: number; readonly json: unknown } | undefined {
    const [, namespace, resource, name] =
      /^\/(?:api|apis\/coordination\.k8s\.io)\/v1\/namespaces\/([^/]+)\/(secrets|leases)(?:\/([^/]+))?$/.exec(path) ??
      [];
    if (resource === undefined || (name === undefined && method !== 'POST')) return undefined;
    const refused = this.refused.get(resource);
    if (refused !== undefined) return { status: refused, json: { kind: 'Status', message: `fake ${refused}` } };
    const sent = body === '' ? {} : (JSON.parse(body) as Json);
    const { name: named, resourceVersion } = (sent['metadata'] ?? {}) as Json;
    const key = `${resource}/${namespace}/${name ?? String(named)}`;
    const before = this.#objects.get(key);
    if (method === 'POST')
      return before === undefined ? { status: 201, json: this.#store(key, sent) } : { status: 409, json: {} };
    if (before === undefined) return { status: 404, json: {} };
    if (method === 'GET') return { status: 200, json: before };
    const { resourceVersion: current } = before['metadata'] as Json;
    if (resourceVersion !== undefined && resourceVersion !== current) return { status: 409, json: {} };
    const data = { ...(before['data'] as Json | undefined), ...(sent['data'] as Json | undefined) };
    return { status: 200, json: this.#store(key, { ...before, ...sent, data }) };
  }

  #store(key: string, object: Json): Json {
    const metadata = { ...(object['metadata'] as Json | undefined), resourceVersion: `own-${++this.#version}` };
    const stored = { ...object, metadata };
    this.#objects.set(key, stored);
    return stored;
  }
}
