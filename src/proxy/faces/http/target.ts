// SPDX-License-Identifier: Apache-2.0

import { grpcWebText, invalidTargetText } from '../../../match/index.ts';
import { normalTarget, targetFault } from '../../../values/index.ts';
import type { HeaderList } from '../../../wire/index.ts';
import type { Refusal } from '../face.ts';

/** In the one form in which a path is matched and forwarded. */
export function readTarget(sent: string): string {
  return normalTarget(sent);
}

export function asked(head: HeaderList, target: string): string {
  return `${head.get(':method') ?? ''} ${target}`;
}

/** A path that could be read in more than one way, or a protocol that only looks like plain HTTP. */
export function refusalOf(head: HeaderList, target: string): Refusal | null {
  const fault = targetFault(target);
  if (fault !== undefined) return { reason: 'invalid_path', text: invalidTargetText(target, fault) };
  const text = grpcWebText(head.get('content-type'));
  return text === undefined ? null : { reason: 'grpc_web', text };
}
