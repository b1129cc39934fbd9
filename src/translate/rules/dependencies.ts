// SPDX-License-Identifier: Apache-2.0

import { fitted, interned } from '../../values/index.ts';
import { parentKey } from '../attach/asked-parent.ts';
import { usesDefaultGateways } from '../attach/default-gateways.ts';
import { backendObject } from '../resolve/backend-object.ts';
import { type AttachableRoute, backendsOf } from '../route-kinds.ts';

/** The dependency of routes on every default Gateway, and on which those are. */
export const DEFAULT_GATEWAYS = 'DefaultGateways';

/**
 * What a route's translation depends on besides the route, as `Kind/namespace/name`. Grants matter only across namespaces; a
 * Service matters whether or not it exists yet.
 */
export function dependenciesOf(route: AttachableRoute): readonly string[] {
  const own = route.metadata.namespace;
  const dependencies = new Set<string>([interned(`Namespace/${own}`)]);
  for (const ref of route.spec.parentRefs ?? []) {
    const key = parentKey(route, ref);
    if (key !== undefined) dependencies.add(interned(key));
  }
  if (usesDefaultGateways(route)) dependencies.add(DEFAULT_GATEWAYS);
  for (const { ref } of backendsOf(route)) {
    const { namespace = own } = ref;
    dependencies.add(backendObject(ref, own));
    if (namespace !== own) dependencies.add(interned(`ReferenceGrants/${namespace}`));
  }
  return fitted([...dependencies]);
}
