// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeAccess } from './credentials.ts';
import { reread } from './reread.ts';
import { tokenFile } from './token-file.ts';

/** Where a Pod finds its service account. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InClusterPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: where the kubelet puts it. */
  readonly folder?: string;
  wallMs(): number;
}

/** How a Pod reaches its cluster; undefined when this process is not in one. */
export function inClusterAccess({
  environment,
  folder = SERVICE_ACCOUNT,
  wallMs,
}: InClusterPlace): KubeAccess | undefined {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '';
  const token = join(folder, 'token');
  if (host === '' || port === '' || !existsSync(token)) return undefined;
  const ca = reread(() => readIfThere(join(folder, 'ca.crt')), { wallMs, isSame: (a, b) => a === b });
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    ca: () => ca(false),
    verify: true,
    serverName: null,
    namespace: readIfThere(join(folder, 'namespace'))?.trim() ?? 'default',
    prove: tokenFile(token, { certificate: () => null, wallMs }),
  };
}

function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
