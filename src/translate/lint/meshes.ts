// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { formatNamespacedName, socketAddress } from '../../values/index.ts';
import type { MeshOutcome } from '../outcomes.ts';
import type { LostFrontend } from '../publish/frontend-sockets.ts';
import type { PublishedFrontends } from '../publish/frontends.ts';
import { findingOf } from '../report.ts';

/** What there is to say of XMeshes, and of Services whose ports are routed. */
export function lintMeshes({
  meshes,
  frontends,
}: {
  readonly meshes: ReadonlyMap<string, MeshOutcome>;
  readonly frontends: PublishedFrontends;
}): readonly Finding[] {
  const refused = [...meshes.values()].flatMap(({ accepted }) => accepted?.finding ?? []);
  return [...refused, ...frontends.lost.map(takenFinding)];
}

function takenFinding({ service, frontend, holder }: LostFrontend): Finding {
  const index = service.spec.ports.findIndex(one => one.port === frontend.port);
  const [who, help] =
    holder === null
      ? ['a Gateway,', 'Give the Service another clusterIP, or the Gateway another address']
      : [
          `Service ${formatNamespacedName(holder)}, port ${holder.port}, which is older or first by name,`,
          'Give one of the two another clusterIP, or another port',
        ];
  return findingOf('mesh/frontend-taken', service, {
    path: ['spec', 'ports', Math.max(0, index)],
    message: `Connections to ${socketAddress(frontend.address, frontend.port)} come to the socket of ${who} so the routes of this port get none`,
    help,
  });
}
