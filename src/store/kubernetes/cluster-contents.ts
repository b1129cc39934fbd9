// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { EMPTY_RESOURCES, RESOURCE_MAPS, type ResourceSet } from '../../resources/index.ts';
import type { StoreContents } from '../store.ts';
import type { Definitions } from './definitions.ts';
import type { FollowedKinds } from './followed-kind.ts';
import { deniedFinding, keptFinding } from './kind-findings.ts';

export interface ContentsParts {
  readonly kinds: FollowedKinds;
  /** Kind → version; of those that the server has. */
  readonly versions: ReadonlyMap<string, string>;
  readonly definitions: Definitions;
  /** Kinds that were not read yet are as they were kept, and stay so for now. */
  readonly isPartlyKept: boolean;
}

/** What a cluster holds, and what there is to say about that. */
export function clusterContents({ kinds, versions, definitions, isPartlyKept }: ContentsParts): StoreContents {
  const findings: Finding[] = [];
  for (const { readKind, cache, state, wasRead } of kinds.values()) {
    if (state.state === 'denied') findings.push(deniedFinding(readKind, cache.resources.size > 0, state.message));
    if (state.state === 'failing' && !wasRead && isPartlyKept) findings.push(keptFinding(readKind, state.message));
    findings.push(...cache.findings);
  }
  const absentKinds = new Set([...kinds.keys()].filter(kind => !versions.has(kind)));
  const { versions: bundleVersions, areStandard: lacksExperimental } = definitions;
  return { resources: resourcesOf(kinds), findings, bundleVersions, lacksExperimental, absentKinds };
}

function resourcesOf(kinds: FollowedKinds): ResourceSet {
  const maps = [...kinds.values()].map(({ readKind, cache }) => [RESOURCE_MAPS[readKind.kind], cache.resources]);
  // Each map holds the kind that its name stands for.
  return { ...EMPTY_RESOURCES, ...Object.fromEntries(maps) } as ResourceSet;
}
