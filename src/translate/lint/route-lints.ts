// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Attachment } from '../attach/parent-refs.ts';
import { notServedOfRoute } from '../not-served.ts';
import { findingOf } from '../report.ts';
import { type AttachableRoute, rulesOf } from '../route-kinds.ts';
import type { RankedEntry } from '../rules/precedence.ts';
import { lintAnnotations } from './annotations.ts';
import { lintClusterZone } from './cluster-zone.ts';
import { isReflection } from './reflection.ts';

/** A route and what it came to, for those lints that need no other route. */
export interface RouteView {
  readonly route: AttachableRoute;
  readonly attachments: readonly Attachment[];
  readonly entries: readonly RankedEntry[];
}

/** Findings beyond the specification about one route by itself. */
export function lintRoute(view: RouteView): readonly Finding[] {
  const { route } = view;
  return [
    ...notServedOfRoute(route),
    ...withoutParents(route),
    ...withoutRules(route),
    ...coreGroupBackends(route),
    ...(route.spec.hostnames ?? []).flatMap((name, index) =>
      lintClusterZone(route, ['spec', 'hostnames', index], name),
    ),
    ...cleartextToo(view),
    ...publicReflection(view),
    ...lintAnnotations(route),
  ];
}

function withoutParents(route: AttachableRoute): readonly Finding[] {
  if ((route.spec.parentRefs ?? []).length > 0) return [];
  return [
    findingOf('lint/no-parents', route, {
      path: ['spec'],
      message: 'The route has no parentRefs, so it serves no traffic',
      help: 'Add parentRefs: [{name: GATEWAY}]',
    }),
  ];
}

function withoutRules(route: AttachableRoute): readonly Finding[] {
  if ((route.spec.rules ?? []).length > 0) return [];
  return [
    findingOf('lint/no-rules', route, {
      path: ['spec'],
      message: 'The route has no rules, so it takes no request',
      help: 'Add rules with backendRefs',
    }),
  ];
}

/** A cluster refuses such a backendRef (InvalidKind); here it is taken as it was meant. */
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

function cleartextToo({ route, attachments }: RouteView): readonly Finding[] {
  if ((route.spec.hostnames ?? []).length > 0) return [];
  const secure = attachments.find(({ listener }) => listener.secure);
  const cleartext = attachments.find(({ listener }) => listener.carriesTraffic && !listener.secure);
  if (secure === undefined || cleartext === undefined) return [];
  const index = (route.spec.parentRefs ?? []).findIndex(ref => ref.sectionName === undefined && ref.port === undefined);
  if (index < 0) return []; // each listener is named: that is what the user asked for
  return [
    findingOf('lint/cleartext-too', route, {
      path: ['spec', 'parentRefs', index],
      message: `The route has no hostnames and serves the plain listener ${cleartext.listener.name} as well as the TLS listener ${secure.listener.name}`,
      help: `Add sectionName: ${secure.listener.name} if it should be reached over TLS only`,
    }),
  ];
}

function publicReflection({ route, attachments, entries }: RouteView): readonly Finding[] {
  const reflecting = entries.find(({ entry }) => isReflection(entry.match));
  if (reflecting === undefined) return [];
  const exposed = attachments.find(
    ({ listener, hostnames }) => listener.isPublic || (listener.from === 'All' && hostnames.includes('*')),
  );
  if (exposed === undefined) return [];
  const { listener } = exposed;
  const where = listener.isPublic ? 'has a public address' : 'takes every host and routes of every namespace';
  return [
    findingOf('lint/public-reflection', route, {
      path: ['spec', 'rules', reflecting.entry.rule.origin.ruleIndex],
      message: `Server reflection is exposed on listener ${listener.name}, which ${where}: anyone can list the services`,
      help: 'Keep the reflection rule for development, or attach it to an internal listener (sectionName)',
    }),
  ];
}
