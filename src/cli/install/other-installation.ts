// SPDX-License-Identifier: Apache-2.0

import type { KubeClient } from '../../store/index.ts';
import { couldNotRun } from '../exit-code.ts';
import { hintFor } from './apply-objects.ts';

/**
 * Throws a command failure when these manifests are installed into another namespace: what belongs to no namespace is there once, so that the rights of
 * the other installation would be taken away.
 */
export async function refuseSecondInstallation(
  client: KubeClient,
  binding: { readonly name: string; readonly namespace: string },
): Promise<void> {
  const path = `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${binding.name}`;
  const { subjects = [] } = (await read(client, path)) as { subjects?: { namespace?: string }[] };
  const other = subjects.find(({ namespace }) => namespace !== undefined && namespace !== binding.namespace)?.namespace;
  if (other === undefined) return;
  throw couldNotRun(
    `daemun is installed in the namespace ${other}; nothing was applied`,
    `Name it (--namespace ${other}), or use the Helm chart, whose releases stand beside each other when their names differ`,
  );
}

/**
 * Throws a command failure when agents of the mesh are in the namespace: without `--mesh` it is labelled so that they run on, but no new one of them
 * is let in.
 */
export async function refuseToForgetAgents(
  client: KubeClient,
  { namespace, program }: { readonly namespace: string; readonly program: string },
): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets/${AGENTS}`;
  const { metadata } = (await read(client, path)) as { metadata?: unknown };
  if (metadata === undefined) return;
  throw couldNotRun(
    `the namespace ${namespace} has agents of the mesh, which it would no longer admit; nothing was applied`,
    `Add --mesh: ${program} install --apply --mesh --namespace ${namespace}; or remove them first: kubectl --namespace ${namespace} delete daemonset ${AGENTS}`,
  );
}

/**
 * Throws a command failure when the namespace has workloads of these names that a release of Helm made: both would go on to write them, and each take back what
 * the other did.
 */
export async function refuseRelease(client: KubeClient, namespace: string): Promise<void> {
  for (const [kind, path] of WORKLOADS) {
    const { metadata } = (await read(client, `/apis/apps/v1/namespaces/${namespace}/${path}`)) as {
      metadata?: { annotations?: Readonly<Record<string, string>> };
    };
    const release = metadata?.annotations?.[RELEASE];
    if (release === undefined) continue;
    throw couldNotRun(
      `${kind} ${namespace}/${path.split('/')[1]} is of the Helm release ${release}; nothing was applied`,
      `Upgrade that: helm upgrade ${release} packaging/helm/daemun --namespace ${namespace} --reuse-values; or end it first: helm uninstall ${release} --namespace ${namespace}`,
    );
  }
}

/** What Helm writes on all that a release has. */
const RELEASE = 'meta.helm.sh/release-name';
/** The DaemonSet of packaging/kubernetes/mesh.yaml. */
const AGENTS = 'daemun-mesh';
/** Kind, and path in a namespace. */
const WORKLOADS = [
  ['Deployment', 'deployments/daemun'],
  ['DaemonSet', `daemonsets/${AGENTS}`],
] as const;

/** An object that an installation makes; without fields where there is none. */
async function read(client: KubeClient, path: string): Promise<object> {
  const { status, json } = await client.request({ method: 'GET', path });
  if (status === 404) return {};
  if (status === 200 && typeof json === 'object' && json !== null) return json;
  throw couldNotRun(
    `${client.server} does not say whether daemun is installed already: ${status}; nothing was applied`,
    hintFor(status),
  );
}
