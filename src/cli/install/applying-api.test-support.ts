// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

type Json = Record<string, unknown>;

const KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: { Namespace: 'namespaces', ServiceAccount: 'serviceaccounts', Service: 'services' },
  'apps/v1': { Deployment: 'deployments', DaemonSet: 'daemonsets' },
  'policy/v1': { PodDisruptionBudget: 'poddisruptionbudgets' },
  'networking.k8s.io/v1': { NetworkPolicy: 'networkpolicies' },
  'rbac.authorization.k8s.io/v1': {
    ClusterRole: 'clusterroles',
    ClusterRoleBinding: 'clusterrolebindings',
    Role: 'roles',
    RoleBinding: 'rolebindings',
  },
  'gateway.networking.k8s.io/v1': { GatewayClass: 'gatewayclasses' },
};

/** An API server that takes whatever is applied: what it has is what was applied last. */
export class ApplyingApi {
  readonly objects = new Map<string, Json>();
  /** `PATCH /path?query` of each that changes something. */
  readonly writes: string[] = [];
  /** By the end of a path: the status and message that it is refused with. */
  readonly refusals = new Map<string, readonly [status: number, message: string]>();
  /** By the end of a path: the status that whoever reads it gets. */
  readonly unreadable = new Map<string, number>();
  /** By the end of a path: how often its reader gets no answer, once the object is there. */
  readonly silences = new Map<string, number>();
  /** `GET /path?query` of each read that had an answer. */
  readonly reads: string[] = [];
  /** By the end of a path: the status that the object there has. */
  readonly statuses = new Map<string, Json>();
  /** Groups that the cluster does not have. */
  readonly missing = new Set<string>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #version = 0;

  static async start(t: TestContext): Promise<ApplyingApi> {
    const api = new ApplyingApi();
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    t.after(() => api.#server.close());
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const version = url.pathname.replace(/^\/apis?\//, '');
    const kinds = this.missing.has(version.split('/')[0] ?? '') ? undefined : KINDS[version];
    if (kinds !== undefined) {
      const resources = Object.entries(kinds).map(([kind, name]) => ({ kind, name }));
      send(response, 200, { resources: [...resources, { kind: 'Deployment', name: 'deployments/status' }] });
    } else if (request.method === 'PATCH') this.#apply(url, await bodyOf(request), response);
    else if (this.#isSilent(url.pathname)) request.socket.destroy();
    else this.#read(url, response);
  }

  #read({ pathname, search }: URL, response: ServerResponse): void {
    this.reads.push(`GET ${pathname}${search}`);
    const unreadable = this.#unreadable(pathname);
    if (unreadable !== undefined) send(response, unreadable, {});
    else send(response, this.objects.has(pathname) ? 200 : 404, this.#stored(pathname));
  }

  #isSilent(pathname: string): boolean {
    const [end, times] = [...this.silences].find(([one]) => pathname.endsWith(one)) ?? ['', 0];
    if (times === 0 || !this.objects.has(pathname)) return false;
    this.silences.set(end, times - 1);
    return true;
  }

  #unreadable(pathname: string): number | undefined {
    return [...this.unreadable].find(([end]) => pathname.endsWith(end))?.[1];
  }

  #stored(pathname: string): Json {
    const [, status] = [...this.statuses].find(([end]) => pathname.endsWith(end)) ?? [];
    return { ...this.objects.get(pathname), ...(status !== undefined && { status }) };
  }

  #apply({ pathname, search, searchParams }: URL, body: Json, response: ServerResponse): void {
    this.writes.push(`PATCH ${pathname}${search}`);
    const [, refusal] = [...this.refusals].find(([end]) => pathname.endsWith(end)) ?? [];
    if (refusal !== undefined) {
      send(response, refusal[0], { kind: 'Status', message: refusal[1] });
      return;
    }
    const before = this.objects.get(pathname);
    const metadata = { ...(body['metadata'] as Json), resourceVersion: String(++this.#version), managedFields: [] };
    const after = { ...body, metadata };
    if (searchParams.get('dryRun') === null) this.objects.set(pathname, after);
    send(response, before === undefined ? 201 : 200, after);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text) as Json;
}

function send(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status).end(JSON.stringify(json));
}
