// SPDX-License-Identifier: Apache-2.0

import { z } from 'zod';
import type { View } from '../src/controller/index.ts';

const condition = z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() });
const routeStatus = z.object({ parents: z.array(z.object({ conditions: z.array(condition) })) });

export type Condition = z.infer<typeof condition>;

/** A condition of a GRPCRoute (`namespace/name`) for its first parent. Throws when there is none. */
export function routeCondition(view: Pick<View, 'statuses'>, route: string, type: string): Condition {
  const status = view.statuses.get(`GRPCRoute/${route}`);
  const found = routeStatus.parse(status).parents[0]?.conditions.find(each => each.type === type);
  if (found === undefined) throw new Error(`GRPCRoute ${route} has no condition ${type}: ${JSON.stringify(status)}`);
  return found;
}
