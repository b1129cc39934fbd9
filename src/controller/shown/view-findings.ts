// SPDX-License-Identifier: Apache-2.0

import { type Finding, gravestFindings, MAX_LISTED_FINDINGS } from '../../errors/index.ts';
import type { Translation } from '../../translate/index.ts';

/** Those of a view, the gravest where there are too many. `read`: of what was read; `faults`: of objects whose statuses could not be made, by object. */
export function viewFindings(
  read: readonly Finding[],
  { findings, moreWarnings }: Pick<Translation, 'findings' | 'moreWarnings'>,
  faults: ReadonlyMap<string, Finding>,
): readonly Finding[] {
  return gravestFindings([...read, ...findings, ...faults.values()], { most: MAX_LISTED_FINDINGS, moreWarnings });
}
