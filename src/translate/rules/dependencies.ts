// SPDX-License-Identifier: Apache-2.0

import { fitted, interned } from '../../values/index.ts';
import { parentKey } from '../attach/parent-refs.ts';
import { type AttachableRoute, rulesOf } from '../route-kinds.ts';

/**
 * What a route's translation depends on besides the route, as `Kind/namespace/name`. Grants matter only across namespaces; a
 * Service matters whether or not it exists yet.
 */
export function dependenciesOf(route: AttachableRoute): readonly string[] {
  const own = route.metadata.namespace;
  const dependencies = new Set<string>([interned(`Namespace/${own}`)]);
  for (const ref of route.spec.parentRefs ?? []) {
    const key = parentKey(route, ref);
    if (key !== undefined) dependencies.add(interned(`Gateway/${key}`));
  }
  const addBackend = ({ namespace = own, name }: Backend): void => {
    dependencies.add(interned(`Service/${namespace}/${name}`));
    if (namespace !== own) dependencies.add(interned(`ReferenceGrants/${namespace}`));
  };
  const addMirrors = (filters: readonly Mirroring[] | undefined): void => {
    for (const filter of filters ?? [])
      if (filter.requestMirror !== undefined) addBackend(filter.requestMirror.backendRef);
  };
  for (const { rule } of rulesOf(route)) {
    addMirrors(rule.filters);
    for (const ref of rule.backendRefs ?? []) {
      addBackend(ref);
      addMirrors(ref.filters);
    }
  }
  return fitted([...dependencies]);
}

interface Backend {
  readonly namespace?: string;
  readonly name: string;
}
interface Mirroring {
  readonly requestMirror?: { readonly backendRef: Backend } | undefined;
}
