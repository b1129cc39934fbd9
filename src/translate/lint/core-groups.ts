// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { findingOf } from '../report.ts';
import { type AttachableRoute, backendsOf } from '../route-kinds.ts';

/** References of a route with `group: core`. A cluster refuses them (InvalidKind); here they are taken as they were meant. */
export function lintCoreGroups(route: AttachableRoute): readonly Finding[] {
  return [...coreGroupParents(route), ...coreGroupBackends(route)];
}

function coreGroupParents(route: AttachableRoute): readonly Finding[] {
  return (route.spec.parentRefs ?? []).flatMap(({ group }, index) =>
    group !== 'core'
      ? []
      : findingOf('lint/core-group', route, {
          path: ['spec', 'parentRefs', index, 'group'],
          message: 'group: core is not the name of an API group; it is taken as the core group',
          help: 'Write group: ""',
        }),
  );
}

function coreGroupBackends(route: AttachableRoute): readonly Finding[] {
  return backendsOf(route).flatMap(({ ref, path }) =>
    ref.group !== 'core'
      ? []
      : findingOf('lint/core-group', route, {
          path: [...path, 'group'],
          message: 'group: core is not the name of an API group; it is taken as the core group',
          help: 'Leave group out, or write group: ""',
        }),
  );
}
