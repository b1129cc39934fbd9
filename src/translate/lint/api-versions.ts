// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import { compareStrings } from '../../values/index.ts';
import { findingOf, type Named } from '../report.ts';
import { routeMaps } from '../route-kinds.ts';

/** Objects written in an older version of an API than `v1`. They are served all the same. */
export function lintApiVersions(resources: ResourceSet): readonly Finding[] {
  const old: Named[] = [];
  const kinds: Iterable<Named>[] = [
    resources.gatewayClasses.values(),
    resources.gateways.values(),
    ...Object.values(routeMaps(resources)).map(map => map.values()),
    resources.referenceGrants.values(),
  ];
  for (const kind of kinds) for (const resource of kind) if (!resource.apiVersion.endsWith('/v1')) old.push(resource);
  return old.sort(compareNamed).map(resource =>
    findingOf('lint/old-api-version', resource, {
      path: ['apiVersion'],
      message: `${resource.apiVersion} is an old version of ${resource.kind}`,
      help: 'Write gateway.networking.k8s.io/v1',
    }),
  );
}

function compareNamed(a: Named, b: Named): number {
  return (
    compareStrings(a.kind, b.kind) ||
    compareStrings(a.metadata.namespace, b.metadata.namespace) ||
    compareStrings(a.metadata.name, b.metadata.name)
  );
}
