// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { findingOf } from '../report.ts';
import { type AttachableRoute, rulesOf } from '../route-kinds.ts';

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
  return backendGroups(route).flatMap(({ group, path }) =>
    group !== 'core'
      ? []
      : findingOf('lint/core-group', route, {
          path: [...path, 'group'],
          message: 'group: core is not the name of an API group; it is taken as the core group',
          help: 'Leave group out, or write group: ""',
        }),
  );
}

interface BackendGroup {
  readonly group: string;
  readonly path: readonly (string | number)[];
}

/** The group of each backend that a route names, those of mirrors too. */
function backendGroups(route: AttachableRoute): readonly BackendGroup[] {
  return rulesOf(route).flatMap(({ rule }, ruleIndex) => {
    const at = ['spec', 'rules', ruleIndex];
    const backends = (rule.backendRefs ?? []).flatMap(({ group, filters }, index) => {
      const path = [...at, 'backendRefs', index];
      return [{ group, path }, ...mirrorGroups(filters, path)];
    });
    return [...backends, ...mirrorGroups(rule.filters, at)];
  });
}

function mirrorGroups(
  filters: readonly Mirroring[] | undefined,
  at: readonly (string | number)[],
): readonly BackendGroup[] {
  return (filters ?? []).flatMap((filter, index) =>
    filter.requestMirror === undefined
      ? []
      : [
          {
            group: filter.requestMirror.backendRef.group,
            path: [...at, 'filters', index, 'requestMirror', 'backendRef'],
          },
        ],
  );
}

/** A filter, as far as it may name a backend. */
interface Mirroring {
  readonly requestMirror?: { readonly backendRef: { readonly group: string } } | undefined;
}
