// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet, XMesh } from '../../resources/index.ts';
import type { MeshEnvironment, TranslateEnvironment } from '../environment.ts';
import type { MeshOutcome } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import { IMPLIED_CONTROLLER_NAME } from './classes.ts';

/** What Services are served by. */
export interface MeshContext {
  readonly environment: MeshEnvironment;
  /** Under which statuses tell of them. */
  readonly controllerName: string;
  /** The node of this process is known, and clients are those of it. */
  readonly isOnNode: boolean;
}

/** null: other processes serve Services. */
export function meshContext({ mesh, controllerName, place }: TranslateEnvironment): MeshContext | null {
  if (mesh === undefined) return null;
  const isOnNode = place !== undefined && place.node !== null;
  return { environment: mesh, controllerName: controllerName ?? IMPLIED_CONTROLLER_NAME, isOnNode };
}

/**
 * Judges the XMeshes that are ours: those with our controllerName, outside a cluster all. A mesh needs none; one that is there tells what is
 * supported (XMesh.status).
 */
export function acceptMeshes(
  { xMeshes }: ResourceSet,
  { mesh, controllerName }: TranslateEnvironment,
): ReadonlyMap<string, MeshOutcome> {
  const outcomes = new Map<string, MeshOutcome>();
  if (mesh === undefined) return outcomes;
  for (const [name, xMesh] of xMeshes) {
    if (controllerName !== null && xMesh.spec.controllerName !== controllerName) continue;
    outcomes.set(name, { accepted: judgeParameters(xMesh) });
  }
  return outcomes;
}

function judgeParameters(xMesh: XMesh): MeshOutcome['accepted'] {
  const parameters = xMesh.spec.parametersRef;
  if (parameters === undefined) return null;
  const finding = findingOf('mesh/invalid-parameters', xMesh, {
    path: ['spec', 'parametersRef'],
    message: `parametersRef names a ${parameters.kind}, and no kind of parameters is supported`,
    help: 'Remove parametersRef',
  });
  return { reason: 'InvalidParameters', finding };
}
