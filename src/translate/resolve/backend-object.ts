// SPDX-License-Identifier: Apache-2.0

import { type BackendObjectReference, EXPERIMENTAL_GROUP } from '../../resources/index.ts';
import { interned } from '../../values/index.ts';

const X_BACKEND = 'XBackend/';

/** True for a reference to an XBackend. */
export function isXBackend({ group, kind }: Pick<BackendObjectReference, 'group' | 'kind'>): boolean {
  return group === EXPERIMENTAL_GROUP && kind === 'XBackend';
}

/** What a reference depends on: `Service/namespace/name` or `XBackend/namespace/name`. */
export function backendObject(ref: BackendObjectReference, ownNamespace: string): string {
  const { namespace = ownNamespace, name } = ref;
  return interned(`${isXBackend(ref) ? X_BACKEND : 'Service/'}${namespace}/${name}`);
}

/** `namespace/name` of the XBackend that clusters of this name are of; undefined: of a Service (see `ResolvedBackend.owner`). */
export function xBackendOf(owner: string): string | undefined {
  return owner.startsWith(X_BACKEND) ? owner.slice(X_BACKEND.length) : undefined;
}

/** The opposite: what clusters of an XBackend (`namespace/name`) are named by. */
export function ownerOfXBackend(key: string): string {
  return interned(`${X_BACKEND}${key}`);
}
