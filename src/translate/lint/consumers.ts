// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import { compareStrings, formatNamespacedName } from '../../values/index.ts';
import type { PublishedFrontends } from '../publish/frontends.ts';
import { findingOf } from '../report.ts';
import type { TranslatedRoutes } from '../rules/translated-routes.ts';

/** Consumers' routes that never apply, since nobody is known to be of their namespace; where all clients are known, and come here. */
export function lintConsumers({
  frontends: { sources, bindings },
  routes,
  clients,
}: {
  readonly frontends: PublishedFrontends;
  readonly routes: TranslatedRoutes;
  readonly clients: Snapshot['clients'];
}): readonly Finding[] {
  const { mesh, groups } = sources;
  if (mesh?.knowsAllClients !== true) return [];
  const known = new Set(clients.map(({ namespace }) => namespace));
  const reached = new Set(
    bindings.flatMap(({ frontend }) => (frontend === null ? [] : `${formatNamespacedName(frontend)}:${frontend.port}`)),
  );
  const without = new Map<string, string>();
  for (const { service, port, clients: namespace, routes: byKind } of groups.byId.values()) {
    if (namespace === null || known.has(namespace) || !reached.has(`${service}:${port}`)) continue;
    for (const keys of byKind.values()) for (const key of keys) without.set(key, namespace);
  }
  return [...without]
    .sort(([a], [b]) => compareStrings(a, b))
    .flatMap(([key, namespace]) => {
      const route = routes.byKey.get(key)?.route;
      if (route === undefined) return [];
      return findingOf('lint/consumers-without-clients', route, {
        path: ['spec', 'parentRefs'],
        message: `The route is for clients of namespace ${namespace}, and none is known`,
        help: `Say by which addresses they are known: --client-namespace 127.0.0.2=${namespace}, or Pods with status.podIP`,
      });
    });
}
