// SPDX-License-Identifier: Apache-2.0

import { CATALOGUE, type Finding } from '../../errors/index.ts';
import type { ReadKind } from './read-kinds.ts';

/** A kind that may not be read. `hasSome`: there are objects of the kind from when it could be read. */
export function deniedFinding({ kind, declaration }: ReadKind, hasSome: boolean, message: string): Finding {
  const { plural, group } = declaration;
  return {
    code: 'store/not-permitted',
    severity: CATALOGUE['store/not-permitted'].severity,
    path: [],
    message: `${kind} cannot be read, so ${hasSome ? 'what was read before is served on, and nothing new' : 'there are none'}: ${message}`,
    help: `let daemun's service account get, list and watch ${plural}${group === '' ? '' : ` of ${group}`}`,
  };
}

/** A kind that cannot be read, and is served as it was kept before the start. */
export function keptFinding({ kind }: ReadKind, message: string): Finding {
  const { severity, help } = CATALOGUE['store/kept-kind'];
  const what = `${kind} could not be read since this process started, so what was known before is served on, and nothing new`;
  return { code: 'store/kept-kind', severity, path: [], message: `${what}: ${message}`, help };
}
