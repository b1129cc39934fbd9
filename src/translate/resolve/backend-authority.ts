// SPDX-License-Identifier: Apache-2.0

import { xBackendOf } from './backend-object.ts';
import type { ResolveContext, ResolvedBackend } from './backend-refs.ts';

/** The host that a call of ours to a backend is for. */
export function authorityOf(
  { owner }: Pick<ResolvedBackend, 'owner'>,
  { xBackends }: Pick<ResolveContext, 'xBackends'>,
): string {
  const key = xBackendOf(owner);
  const [namespace, name] = (key ?? owner).split('/');
  const external = key === undefined ? undefined : xBackends.get(key)?.backend.spec.externalHostname;
  return external?.hostname ?? `${name}.${namespace}.svc`;
}
