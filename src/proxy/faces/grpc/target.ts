// SPDX-License-Identifier: Apache-2.0

import { grpcPathFault, invalidPathText, isGrpcPath } from '../../../match/index.ts';
import type { HeaderList } from '../../../wire/index.ts';
import type { Refusal } from '../face.ts';

/** A method is called by its plain name, or not at all. */
export function readTarget(sent: string): string {
  return isGrpcPath(sent) ? sent : '';
}

export function asked(_head: HeaderList, target: string): string {
  return target;
}

/** A path that no method can have. */
export function refusalOf(_head: HeaderList, target: string): Refusal | null {
  const fault = grpcPathFault(target);
  return fault === undefined ? null : { reason: 'invalid_path', text: invalidPathText(target, fault) };
}
