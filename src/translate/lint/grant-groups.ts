// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { ReferenceGrant, ResourceSet } from '../../resources/index.ts';
import { compareStrings } from '../../values/index.ts';
import { findingOf } from '../report.ts';

/**
 * Entries of ReferenceGrants that permit nothing because their group is `core`. References that say so are taken as they were
 * meant (`coreGroup`); a permission is taken as it is written, as every other implementation takes it.
 */
export function lintGrantGroups(resources: ResourceSet): readonly Finding[] {
  const grants = [...resources.referenceGrants.values()].sort(
    (a, b) =>
      compareStrings(a.metadata.namespace, b.metadata.namespace) || compareStrings(a.metadata.name, b.metadata.name),
  );
  return grants.flatMap(grant => [...coreEntries(grant, 'from'), ...coreEntries(grant, 'to')]);
}

function coreEntries(grant: ReferenceGrant, side: 'from' | 'to'): readonly Finding[] {
  return grant.spec[side].flatMap(({ group, kind }, index) =>
    group !== 'core'
      ? []
      : findingOf('lint/core-group', grant, {
          path: ['spec', side, index, 'group'],
          message: `group: core is not the name of an API group, so this entry permits nothing: no ${kind} is of that group`,
          help:
            side === 'to'
              ? 'Write group: ""'
              : 'Write the group of the kind that refers: gateway.networking.k8s.io for routes and Gateways',
        }),
  );
}
