// SPDX-License-Identifier: Apache-2.0

import type { XMesh } from '../resources/index.ts';
import type { MeshOutcome } from '../translate/index.ts';
import { mergeConditions, problemMessage, type Verdict } from './condition.ts';
import { MESH_FEATURES } from './supported-features.ts';

export type MeshStatus = NonNullable<XMesh['status']>;
/** Condition types of an XMesh that are ours. */
export const MESH_CONDITIONS: readonly string[] = ['Accepted'];

/** The status of an XMesh that is ours. */
export function meshStatus(
  xMesh: XMesh,
  { accepted }: MeshOutcome,
  { previous, now }: { readonly previous: MeshStatus | undefined; readonly now: string },
): MeshStatus {
  const verdict = accepted === null ? meshAccepted() : meshNotAccepted(accepted);
  const stamp = { generation: xMesh.metadata.generation, now };
  const conditions = mergeConditions(previous?.conditions ?? [], [verdict], { owned: MESH_CONDITIONS, stamp });
  return { conditions, supportedFeatures: MESH_FEATURES };
}

/** Accepted=True/Accepted. */
function meshAccepted(): Verdict {
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'The mesh is served by daemun' };
}

/** Accepted=False/InvalidParameters. */
function meshNotAccepted(problem: NonNullable<MeshOutcome['accepted']>): Verdict {
  return { type: 'Accepted', status: 'False', reason: problem.reason, message: problemMessage(problem) };
}
