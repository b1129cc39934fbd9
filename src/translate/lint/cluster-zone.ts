// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { findingOf, type Named } from '../report.ts';

/** The zone that guides write for that of Services, which is `svc.cluster.local`. */
const WRONG_ZONE = /\.service\.cluster\.local$/i;

/** Warns of a name in a zone that no cluster has. `path`: where the name stands in `object`. */
export function lintClusterZone(object: Named, path: readonly (string | number)[], name: string): readonly Finding[] {
  if (!WRONG_ZONE.test(name)) return [];
  return [
    findingOf('lint/cluster-zone', object, {
      path,
      message: `${name} is in no zone of a cluster: names of Services end in svc.cluster.local`,
      help: `Write ${name.replace(WRONG_ZONE, '.svc.cluster.local')}`,
    }),
  ];
}
