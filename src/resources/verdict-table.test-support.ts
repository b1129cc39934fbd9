// SPDX-License-Identifier: Apache-2.0

/** Tables of verdicts for the tests of the kinds: one change of a valid object, and what an API server says to it. */
import { type ParsedResource, parseResource } from './parse-resource.ts';
import type { Resource } from './resource-set.ts';
import type { SchemaCode } from './schema-codes.ts';
import { isObject } from './shape.ts';

/**
 * Where (dots between fields), what is put there (`undefined`: taken away), the code of the refusal (`accepted`: none),
 * and where the issue is when that is another place.
 */
export type VerdictRow = readonly [place: string, value: unknown, verdict: SchemaCode | 'accepted', issueAt?: string];

/** Makes a test of each row with the test runner's `it`. */
export function judgeEach(
  it: (name: string, test: () => void) => void,
  valid: unknown,
  rows: readonly VerdictRow[],
): void {
  for (const [place, value, verdict, issueAt = place] of rows) {
    it(`${place} ${shorten(value)}: ${verdict}`, () => {
      const parsed = parseResource(withChange(valid, place.split('.'), value), { defaultNamespace: 'default' });
      const found = explain(parsed);
      const expected = verdict === 'accepted' ? 'accepted' : `${verdict} ${issueAt}`;
      if (found !== expected) throw new Error(`expected ${expected}, but was ${found}`);
    });
  }
}

/** The resource that a valid object is. */
export function accepted(value: unknown): Resource {
  const parsed = parseResource(value, { defaultNamespace: 'default' });
  if (parsed.outcome === 'resource') return parsed.resource;
  throw new Error(`refused: ${explain(parsed)}`);
}

/** A copy of a value with another value at a place; `undefined` takes the place away. */
export function withChange(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const isList = Array.isArray(value);
  const fields: Record<string, unknown> = isList ? { ...value } : isObject(value) ? { ...value } : {};
  const next = withChange(fields[key], rest, replacement);
  if (next === undefined) delete fields[key];
  else fields[key] = next;
  return isList ? Object.values(fields) : fields;
}

function explain(parsed: ParsedResource): string {
  if (parsed.outcome !== 'refused') return parsed.outcome === 'resource' ? 'accepted' : 'unknown kind';
  return parsed.issues.map(({ code, path }) => `${code} ${path.join('.')}`).join(', ');
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'removed';
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
