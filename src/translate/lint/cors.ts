// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { HTTPRouteRule } from '../../resources/index.ts';
import { findingOf, type Named } from '../report.ts';

type Path = readonly (string | number)[];
type Filters = NonNullable<HTTPRouteRule['filters']>;
type Cors = Extract<Filters[number], { type: 'CORS' }>['cors'];

/** CORS filters of a rule and its backends that allow more, or less, than they seem to. `path`: of the rule. */
export function lintCors(route: Named, rule: HTTPRouteRule, path: Path): readonly Finding[] {
  const lists: (readonly [Path, Filters])[] = [[[...path, 'filters'], rule.filters ?? []]];
  for (const [index, { filters = [] }] of (rule.backendRefs ?? []).entries())
    lists.push([[...path, 'backendRefs', index, 'filters'], filters]);
  return lists.flatMap(([at, filters]) =>
    filters.flatMap((filter, index) => {
      if (filter.type !== 'CORS') return [];
      const site = { route, path: [...at, index] };
      return [
        ...lintPolicy(filter.cors, site),
        ...unreachedPreflights(rule, site),
        ...preflightsToLogIn(filters.slice(0, index), site),
      ];
    }),
  );
}

interface Site {
  readonly route: Named;
  readonly path: Path;
}

function lintPolicy(cors: Cors, { route, path }: Site): readonly Finding[] {
  const { allowOrigins = [], exposeHeaders = [], allowCredentials = false } = cors;
  const findings: Finding[] = [];
  if (allowCredentials && allowOrigins.includes('*')) {
    findings.push(
      findingOf('lint/cors-any-origin', route, {
        path: [...path, 'cors', 'allowOrigins'],
        message: 'Any page on the web may call with the credentials of who looks at it, and read the answers',
        help: 'List the origins, or leave allowCredentials out',
      }),
    );
  }
  if (allowOrigins.length === 0) {
    findings.push(
      findingOf('lint/cors-no-effect', route, {
        path: [...path, 'cors'],
        message: 'allowOrigins is empty, so no page of another origin may call',
        help: 'List the origins, or * for all',
      }),
    );
  }
  if (allowCredentials && exposeHeaders.includes('*')) {
    findings.push(
      findingOf('lint/cors-no-effect', route, {
        path: [...path, 'cors', 'exposeHeaders'],
        message: 'Where credentials may come, * exposes no header',
        help: 'List the headers',
      }),
    );
  }
  return findings;
}

function unreachedPreflights({ matches }: HTTPRouteRule, { route, path }: Site): readonly Finding[] {
  if (matches.some(({ method }) => method === undefined || method === 'OPTIONS')) return [];
  return [
    findingOf('lint/cors-no-preflight', route, {
      path,
      message: 'No preflight gets here: it comes by OPTIONS, and the matches of the rule name other methods',
      help: 'Add a match with method: OPTIONS',
    }),
  ];
}

/** Steps run in the order written. */
function preflightsToLogIn(before: Filters, { route, path }: Site): readonly Finding[] {
  if (!before.some(({ type }) => type === 'ExternalAuth')) return [];
  return [
    findingOf('lint/cors-no-preflight', route, {
      path,
      message: 'Preflights carry no credentials, and the ExternalAuth filter before this one may refuse them',
      help: 'Write the CORS filter first',
    }),
  ];
}
