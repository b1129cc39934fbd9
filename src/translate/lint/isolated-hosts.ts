// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { intersectHostnames } from '../../values/index.ts';
import type { Attachment } from '../attach/choose-listeners.ts';
import { findingOf } from '../report.ts';
import { type AttachableRoute, hostnamesOf } from '../route-kinds.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import { hasOtherParents } from './other-parents.ts';

/** Hosts of a route that never arrive at a listener, since another listener of the port owns them (listener isolation). */
export function lintIsolatedHosts(route: AttachableRoute, attachments: readonly Attachment[]): readonly Finding[] {
  const attached = new Set(attachments.map(({ listener }) => listener.id));
  return attachments.flatMap(({ listener, hostnames }) =>
    hostnames.flatMap(hostname => {
      const owner = listener.neighbours.ownerOf(hostname, listener.hostname);
      // Attached to the owner as well, the route serves the host there.
      if (owner === undefined || attached.has(owner.id)) return [];
      const index = hostnamesOf(route).findIndex(written => written.toLowerCase() === hostname);
      return [
        findingOf('lint/hostname-never-matches', route, {
          path: index < 0 ? ['spec', 'hostnames'] : ['spec', 'hostnames', index],
          message: `${hostname} never arrives at listener ${listener.name} (${listener.hostname}): the listener with hostname ${owner.hostname} on port ${listener.port} owns it`,
          help: 'Attach the route to that listener too (another parentRef, or one without sectionName)',
        }),
      ];
    }),
  );
}

/**
 * Hosts of a route that no listener has which took it for others. Where none is had the route is not accepted. A parent that
 * is not ours may have what ours have not: nothing is said then.
 */
export function lintUnservedHosts({
  route,
  outcome,
  attachments,
}: Pick<TranslatedRoute, 'route' | 'outcome' | 'attachments'>): readonly Finding[] {
  const [first] = attachments;
  if (first === undefined || hasOtherParents(route, outcome)) return [];
  return hostnamesOf(route).flatMap((written, index) => {
    const hostname = written.toLowerCase();
    if (attachments.some(({ listener }) => intersectHostnames(listener.hostname, hostname) !== undefined)) return [];
    return [
      findingOf('lint/hostname-never-matches', route, {
        path: ['spec', 'hostnames', index],
        message: `${hostname} is served nowhere: no listener that the route is attached to has it, such as ${first.listener.name} (${first.listener.hostname})`,
        help: 'Remove it, or attach the route to a listener that has it',
      }),
    ];
  });
}
