// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Service } from '../../resources/index.ts';
import { socketAddress } from '../../values/index.ts';
import type { MeshOutcome } from '../outcomes.ts';
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
  const taken = [...frontends.lost].flatMap(([key, { address, port }]) => {
    const service: Service | undefined = frontends.sources.services.get(key);
    if (service === undefined) return [];
    return findingOf('mesh/frontend-taken', service, {
      path: [
        'spec',
        'ports',
        Math.max(
          0,
          service.spec.ports.findIndex(one => one.port === port),
        ),
      ],
      message: `Connections to ${socketAddress(address, port)} would come where a Gateway listens, so the routes of this port get none`,
      help: 'Give the Service another clusterIP, or the Gateway another address',
    });
  });
  return [...refused, ...taken];
}
