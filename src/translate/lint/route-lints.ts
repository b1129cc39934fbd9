// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { usesDefaultGateways } from '../attach/default-gateways.ts';
import { findingOf } from '../report.ts';
import { type AttachableRoute, hostnamesOf, isRequestRoute, type RequestRoute } from '../route-kinds.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import { lintAnnotations } from './annotations.ts';
import { lintApiVersion } from './api-versions.ts';
import { lintClusterZone } from './cluster-zone.ts';
import { lintCoreGroups } from './core-groups.ts';
import { lintIsolatedHosts, lintUnservedHosts } from './isolated-hosts.ts';
import { lintNeverMatches } from './never-matches.ts';
import { hasOtherParents } from './other-parents.ts';
import { isReflection } from './reflection.ts';
import { lintRules } from './rules.ts';
import { lintStreams } from './streams.ts';
import { lintTiming } from './timing.ts';

/** A route and what it came to, for those lints that need no other route. */
export type RouteView = Pick<TranslatedRoute, 'route' | 'outcome' | 'attachments' | 'rules' | 'entries'>;

/** Findings beyond the specification about one route by itself. */
export function lintRoute(view: RouteView): readonly Finding[] {
  const { route } = view;
  return [
    ...withoutParents(route),
    ...lintCoreGroups(route),
    ...(isRequestRoute(route) ? lintRequests(route, view) : lintStreams(route)),
    ...lintIsolatedHosts(route, view.attachments),
    ...lintUnservedHosts(view),
    ...ignoredHostnames(view),
    ...hostnamesOf(route).flatMap((name, index) => lintClusterZone(route, ['spec', 'hostnames', index], name)),
    ...lintAnnotations(route),
    ...lintApiVersion(route),
  ];
}

function lintRequests(route: RequestRoute, view: RouteView): readonly Finding[] {
  return [
    ...withoutRules(route),
    ...lintRules(route, view.rules, view.attachments),
    ...lintNeverMatches(route),
    ...lintTiming(route, view.rules),
    ...cleartextToo(view),
    ...publicReflection(view),
  ];
}

function withoutParents(route: AttachableRoute): readonly Finding[] {
  if ((route.spec.parentRefs ?? []).length > 0 || usesDefaultGateways(route)) return [];
  return [
    findingOf('lint/no-parents', route, {
      path: ['spec'],
      message: 'The route has no parentRefs, so it serves no traffic',
      help: 'Add parentRefs: [{name: GATEWAY}]',
    }),
  ];
}

function withoutRules(route: RequestRoute): readonly Finding[] {
  if ((route.spec.rules ?? []).length > 0) return [];
  return [
    findingOf('lint/no-rules', route, {
      path: ['spec'],
      message: 'The route has no rules, so it takes no request',
      help: 'Add rules with backendRefs',
    }),
  ];
}

/** Which Service is meant the ClusterIP says. */
function ignoredHostnames({ route, outcome, attachments }: RouteView): readonly Finding[] {
  if (!isRequestRoute(route) || hostnamesOf(route).length === 0) return [];
  if (attachments.length === 0 || attachments.some(({ listener }) => listener.frontend === null)) return [];
  if (hasOtherParents(route, outcome)) return [];
  return [
    findingOf('lint/hostnames-of-service', route, {
      path: ['spec', 'hostnames'],
      message:
        'hostnames have no effect: all parents are Services, and requests are known by the address that they come to',
      help: 'Remove hostnames',
    }),
  ];
}

function cleartextToo({ route, attachments: all }: RouteView): readonly Finding[] {
  const attachments = all.filter(({ listener }) => listener.frontend === null);
  if (hostnamesOf(route).length > 0) return [];
  const secure = attachments.find(({ listener }) => listener.secure);
  const cleartext = attachments.find(({ listener }) => listener.carriesTraffic && !listener.secure);
  if (secure === undefined || cleartext === undefined) return [];
  const index = (route.spec.parentRefs ?? []).findIndex(ref => ref.sectionName === undefined && ref.port === undefined);
  if (index < 0) return []; // each listener is named, or left to default Gateways: that is what the user asked for
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
    ({ listener, hostnames }) =>
      listener.isPublic || (listener.frontend === null && listener.from === 'All' && hostnames.includes('*')),
  );
  if (exposed === undefined) return [];
  const { listener } = exposed;
  const where = listener.isPublic ? 'other machines reach' : 'takes every host and routes of every namespace';
  return [
    findingOf('lint/public-reflection', route, {
      path: ['spec', 'rules', reflecting.entry.rule.origin.ruleIndex],
      message: `Server reflection is exposed on listener ${listener.name}, which ${where}: anyone can list the services`,
      help: 'Keep the reflection rule for development, or attach it to an internal listener (sectionName)',
    }),
  ];
}
