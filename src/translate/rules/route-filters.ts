// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Filter } from '../../snapshot/index.ts';
import { readAnnotation } from '../resolve/annotations/annotation.ts';
import { FILTER_ANNOTATIONS } from '../resolve/annotations/annotations.ts';
import type { RequestRoute } from '../route-kinds.ts';

/** The filters of all rules of a route that its annotations ask for. */
export function readRouteFilters(route: RequestRoute, findings: Finding[]): readonly Filter[] {
  const filters: Filter[] = [];
  for (const annotation of FILTER_ANNOTATIONS) {
    if (!annotation.kinds.some(kind => kind === route.kind)) continue;
    const filter = readAnnotation(route, annotation, findings);
    if (filter !== null) filters.push(filter);
  }
  return filters;
}
