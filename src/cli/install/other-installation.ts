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
  const { status, json } = await client.request({ method: 'GET', path });
  if (status === 404) return;
  if (status !== 200)
    throw couldNotRun(
      `${client.server} does not say whether daemun is installed already: ${status}; nothing was applied`,
      hintFor(status),
    );
  const { subjects = [] } = json as { subjects?: { namespace?: string }[] };
  const other = subjects.find(({ namespace }) => namespace !== undefined && namespace !== binding.namespace)?.namespace;
  if (other === undefined) return;
  throw couldNotRun(
    `daemun is installed in the namespace ${other}; nothing was applied`,
    `Name it (--namespace ${other}), or use the Helm chart, whose releases stand beside each other`,
  );
}
