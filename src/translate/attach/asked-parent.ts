// SPDX-License-Identifier: Apache-2.0

import { GATEWAY_GROUP, type ParentReference } from '../../resources/index.ts';
import { coreGroup } from '../resolve/reference-grants.ts';
import type { AttachableRoute } from '../route-kinds.ts';

/** A parent that a route asks for: by name, or as one of the default Gateways. */
export interface AskedParent {
  /** As written; for a default Gateway what would name all of it. */
  readonly ref: ParentReference;
  /** Where in the route it is asked for. */
  readonly path: readonly (string | number)[];
  /** For messages. */
  readonly words: string;
  readonly isDefault: boolean;
}

/** Item `index` of `spec.parentRefs`. */
export function namedParent(ref: ParentReference, index: number): AskedParent {
  return { ref, path: ['spec', 'parentRefs', index], words: `parentRefs[${index}]`, isDefault: false };
}

/** The Gateway, ListenerSet or Service that a parentRef names, as `Kind/namespace/name`; undefined when it names something else. */
export function parentKey(route: AttachableRoute, ref: ParentReference): string | undefined {
  const isOfGateway = (ref.kind === 'Gateway' || ref.kind === 'ListenerSet') && ref.group === GATEWAY_GROUP;
  if (!isOfGateway && !isServiceRef(ref)) return undefined;
  return `${ref.kind}/${ref.namespace ?? route.metadata.namespace}/${ref.name}`;
}

/** True for a parent that is a Service. `core` is taken for the group that is meant (`lint/core-group` says so). */
export function isServiceRef({ group, kind }: ParentReference): boolean {
  return kind === 'Service' && coreGroup(group) === '';
}
