// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DaemunError } from '../../errors/index.ts';
import type { KubeAccess } from './credentials.ts';
import { inClusterAccess } from './in-cluster.ts';
import { readKubeconfig } from './kubeconfig.ts';

/** Where to look for a cluster. */
export interface ClusterPlace {
  /** A file that was named; null: none was. */
  readonly kubeconfig: string | null;
  /** null: the file's current one. */
  readonly context: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's folder. */
  readonly home: string;
}

/**
 * How to reach the cluster: by the file that was named, else as a Pod of it (unless a context was named), else by the first file of
 * `KUBECONFIG`, else by `~/.kube/config`. Throws `kubernetes/kubeconfig` when there is none.
 */
export function findCluster(place: ClusterPlace, wallMs: () => number): KubeAccess {
  const { kubeconfig, context, environment, home } = place;
  if (kubeconfig !== null) return readKubeconfig({ file: kubeconfig, context, wallMs });
  const own = context === null ? inClusterAccess({ environment, wallMs }) : undefined;
  if (own !== undefined) return own;
  const named = (environment['KUBECONFIG'] ?? '').split(delimiter).filter(file => file !== '');
  const candidates = named.length > 0 ? named : [join(home, '.kube', 'config')];
  const file = candidates.find(candidate => existsSync(candidate));
  if (file !== undefined) return readKubeconfig({ file, context, wallMs });
  const help = 'name a kubeconfig file with --kubeconfig or KUBECONFIG, or run daemun in a Pod with a service account';
  throw new DaemunError('kubernetes/kubeconfig', `no cluster: there is no ${candidates.join(', no ')}`, { help });
}
