// SPDX-License-Identifier: Apache-2.0

import type { RouteOutcome } from '../outcomes.ts';
import type { AttachableRoute } from '../route-kinds.ts';

/** Whether `route` names a parent that is not ours, such as another controller's Gateway: what it serves there we cannot tell. */
export function hasOtherParents({ spec: { parentRefs = [] } }: AttachableRoute, { parents }: RouteOutcome): boolean {
  return parents.filter(({ isDefault }) => !isDefault).length < parentRefs.length;
}
