// SPDX-License-Identifier: Apache-2.0

import type { KubeClient } from '../../store/index.ts';
import { CommandFailure, couldNotRun, EXIT } from '../exit-code.ts';
import { changedFields } from './changed-fields.ts';

/** An object as manifests have it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  /** Of a Deployment or DaemonSet. */
  readonly spec?: { readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } };
}

export interface ApplyOptions {
  /** Nothing is changed. */
  readonly dryRun: boolean;
  /** Fields of others are taken over. */
  readonly force: boolean;
}

/** What became of an object, or would. */
export type Applied = { readonly manifest: Manifest } & (
  | { readonly what: 'created' | 'unchanged' }
  | { readonly what: 'changed'; readonly fields: readonly string[] }
);

/** By this name the API server knows which fields the installation set. */
const FIELD_MANAGER = 'daemun-install';
const GATEWAY_API = 'https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.7.0/standard-install.yaml';

/**
 * Applies objects in their order (server-side apply), after it has seen that the cluster has all their kinds. Stops at the first that the
 * API server refuses: a command failure says which, and what to do.
 */
export async function* applyObjects(
  client: KubeClient,
  manifests: readonly Manifest[],
  options: ApplyOptions,
): AsyncGenerator<Applied> {
  const collections = await findCollections(client, manifests);
  const made = new Set<string>();
  for (const manifest of manifests) {
    const path = pathOf(manifest, collections.get(kindOf(manifest)) ?? '');
    const { namespace = '' } = manifest.metadata;
    // A dry run made no namespace, and in one that is not there nothing can be tried.
    if (options.dryRun && made.has(namespace)) {
      yield { manifest, what: 'created' };
      continue;
    }
    const applied = await apply(client, { manifest, path, options });
    if (manifest.kind === 'Namespace' && applied.what === 'created') made.add(manifest.metadata.name);
    yield applied;
  }
}

/** `Deployment daemun-system/daemun` */
export function nameOf({ kind, metadata: { namespace, name } }: Manifest): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

interface OneObject {
  readonly manifest: Manifest;
  readonly path: string;
  readonly options: ApplyOptions;
}

async function apply(client: KubeClient, object: OneObject): Promise<Applied> {
  const { manifest, path, options } = object;
  const before = await client.request({ method: 'GET', path });
  if (before.status !== 200 && before.status !== 404) throw refused(object, before);
  const response = await client.request({
    method: 'PATCH',
    path,
    query: {
      fieldManager: FIELD_MANAGER,
      force: String(options.force),
      // A field that the cluster does not know is a mistake, not to be dropped in silence.
      fieldValidation: 'Strict',
      ...(options.dryRun ? { dryRun: 'All' } : {}),
    },
    contentType: 'application/apply-patch+yaml',
    body: manifest,
  });
  if (response.status >= 300) throw refused(object, response);
  if (before.status === 404) return { manifest, what: 'created' };
  const fields = changedFields(before.json, response.json);
  return fields.length === 0 ? { manifest, what: 'unchanged' } : { manifest, what: 'changed', fields };
}

function refused(
  { manifest, options }: OneObject,
  { status, json }: { readonly status: number; readonly json: unknown },
): Error {
  const { message = '' } = (json ?? {}) as { message?: string };
  return new CommandFailure(
    EXIT.refused,
    `the API server refuses ${nameOf(manifest)}: ${status} ${message}`.trimEnd(),
    hintFor(status) || (options.dryRun ? '' : 'What was applied before it stays; `daemun install` prints all of it'),
  );
}

/** What to do about an answer; '': that is not known. */
export function hintFor(status: number): string {
  switch (status) {
    case 401:
      return 'Try the same kubeconfig with kubectl: the API server does not know who asks';
    case 403:
      return 'Apply it with the rights of a cluster administrator: ClusterRoles may be made only by who has what they grant';
    case 409:
      return 'Somebody else set these fields: --force takes them over; --apply --dry-run --force says what that changes';
    default:
      return '';
  }
}

const kindOf = ({ apiVersion, kind }: Manifest): string => `${apiVersion} ${kind}`;
const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** By `apiVersion kind`, the name of the collection. */
async function findCollections(
  client: KubeClient,
  manifests: readonly Manifest[],
): Promise<ReadonlyMap<string, string>> {
  const versions = [...new Set(manifests.map(({ apiVersion }) => apiVersion))];
  const found = await Promise.all(versions.map(version => kindsOf(client, version)));
  const collections = new Map(found.flat());
  const missing = manifests.find(manifest => !collections.has(kindOf(manifest)));
  if (missing === undefined) return collections;
  const isGatewayApi = missing.apiVersion.startsWith('gateway.networking.k8s.io/');
  throw couldNotRun(
    `${client.server} has no kind ${missing.kind} of ${missing.apiVersion}; nothing was applied`,
    isGatewayApi
      ? `Install the Gateway API first, v1.2 or later: kubectl apply --server-side -f ${GATEWAY_API}`
      : 'A newer version of Kubernetes is needed',
  );
}

async function kindsOf(client: KubeClient, apiVersion: string): Promise<[string, string][]> {
  const { status, json } = await client.request({ method: 'GET', path: rootOf(apiVersion) });
  if (status === 404) return [];
  if (status !== 200) throw couldNotRun(`${client.server} does not say what it has: ${status}`, hintFor(status));
  const { resources = [] } = (json ?? {}) as { resources?: { kind: string; name: string }[] };
  return resources.filter(({ name }) => !name.includes('/')).map(({ kind, name }) => [`${apiVersion} ${kind}`, name]);
}

/** Where the API server has it; `collection`: the plural of its kind. */
export function pathOf({ apiVersion, metadata: { namespace, name } }: Manifest, collection: string): string {
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `${rootOf(apiVersion)}${place}/${collection}/${name}`;
}
