// SPDX-License-Identifier: Apache-2.0

import type { HeaderField, HealthEndpoint } from '../../../snapshot/index.ts';
import { isHiddenFromRules, normalTarget } from '../../../values/index.ts';
import type { Annotation, Parsed } from './annotation.ts';

/** Where load balancers ask whether a Gateway takes requests. null: nowhere. */
export const HEALTH_ENDPOINT: Annotation<HealthEndpoint | null> = {
  name: 'daemun.dev/health-endpoint',
  kinds: ['Gateway'],
  syntax: 'a path, and if wanted fields that a check must have: /healthz; x-envoy-livenessprobe: healthz',
  fallback: null,
  parse: text => {
    const [path = '', ...fields] = text.split(/[;\n]/).map(part => part.trim());
    const problem = pathProblem(path);
    if (problem !== undefined) return { problem };
    const headers = parseHeaders(fields.filter(field => field !== ''));
    return 'problem' in headers ? headers : { value: { path: normalTarget(path), headers: headers.value } };
  },
};

function pathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return `"${path}" does not begin with a slash`;
  if (path.includes('?')) return `"${path}" has a query, and only the path is looked at`;
  return normalTarget(path) === '' ? `"${path}" is a path that is refused` : undefined;
}

function parseHeaders(fields: readonly string[]): Parsed<readonly HeaderField[]> {
  const headers: HeaderField[] = [];
  for (const field of fields) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.+)$/.exec(field) ?? [];
    if (name === undefined || value === undefined) return { problem: `"${field}" is not NAME: VALUE` };
    if (isHiddenFromRules(name.toLowerCase(), false)) return { problem: `${name} is dropped when a client sends it` };
    headers.push({ name: name.toLowerCase(), value });
  }
  return { value: headers };
}
