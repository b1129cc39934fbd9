// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { similarName } from '../values/index.ts';
import { insteadOf } from './foreign-fields.ts';
import type { SchemaCode } from './schema-codes.ts';
import { childSchema, fieldsOf, isObject } from './shape.ts';
import { quote } from './vocabulary.ts';

/** Why an API server would refuse an object. */
export interface SchemaIssue {
  readonly code: SchemaCode;
  /** Where in the object; empty: the object as a whole. */
  readonly path: (string | number)[];
  /** What is wrong, in one line. */
  readonly message: string;
  /** What to do, in one line. */
  readonly help: string;
}

/** Reasons told of one object. Nobody reads more, and each costs memory for as long as its file is followed. */
export const MAX_ISSUES = 100;

/**
 * The issues that a parse of `value` found, in our words: `MAX_ISSUES` of them, and how many there are beside. They come as
 * the schema raised them: to make an error of each takes longer than to find it, and there may be a hundred thousand.
 */
export function schemaIssues(
  found: readonly z.core.$ZodRawIssue[],
  schema: z.core.$ZodType,
  value: unknown,
): SchemaIssue[] {
  const told: SchemaIssue[] = [];
  let count = 0;
  for (const issue of outermostFirst(found)) {
    const keys = unrecognizedKeys(issue) ?? [undefined];
    for (const key of keys.slice(0, MAX_ISSUES - told.length)) told.push(toldIssue({ issue, key }, schema, value));
    count += keys.length;
  }
  if (count > told.length) told.push(moreIssues(count - told.length));
  return told;
}

function toldIssue(
  { issue, key }: { readonly issue: z.core.$ZodRawIssue; readonly key: string | undefined },
  schema: z.core.$ZodType,
  value: unknown,
): SchemaIssue {
  const path = (issue.path ?? []).filter(part => typeof part !== 'symbol');
  if (key !== undefined) return unknownField([...path, key], schema, value);
  return translateIssue(issue, path);
}

/** How many faults issues stand for: each item of a list that was too long to be looked at is one, and each unknown field. */
export function countFaults(found: readonly z.core.$ZodRawIssue[]): number {
  let count = 0;
  for (const issue of found) {
    const isTooLong = issue.code === 'too_big' && Array.isArray(issue.input);
    count += isTooLong ? issue.input.length : (unrecognizedKeys(issue)?.length ?? 1);
  }
  return count;
}

function unrecognizedKeys(issue: z.core.$ZodRawIssue): readonly string[] | undefined {
  return issue.code === 'unrecognized_keys' ? issue.keys : undefined;
}

/** That a list is too long says more than what is wrong with each of its items. */
function outermostFirst(issues: readonly z.core.$ZodRawIssue[]): readonly z.core.$ZodRawIssue[] {
  if (issues.length <= MAX_ISSUES) return issues;
  return issues.toSorted((a, b) => (a.path?.length ?? 0) - (b.path?.length ?? 0));
}

/** Says that there are more. */
export function moreIssues(count: number): SchemaIssue {
  const message = `${count} more faults of this object are not listed`;
  return { code: 'schema/more', path: [], message, help: 'mend those that are listed first' };
}

/** The issue of a field that the kind does not have; names one that it may be meant for. */
export function unknownField(path: (string | number)[], schema: z.core.$ZodType, value: unknown): SchemaIssue {
  const key = String(path.at(-1));
  let part: z.core.$ZodType | undefined = schema;
  let object: unknown = value;
  for (const step of path.slice(0, -1)) {
    part = part === undefined ? undefined : childSchema(part, object, step);
    object = isObject(object) || Array.isArray(object) ? Reflect.get(object, step) : undefined;
  }
  const names = Object.keys((part === undefined ? undefined : fieldsOf(part, object)) ?? {});
  const similar = similarName(key, names);
  const instead = insteadOf(value, path);
  if (instead !== undefined) {
    return { code: 'schema/unknown-field', path, message: `unknown field ${quote(key)}`, help: instead };
  }
  return {
    code: 'schema/unknown-field',
    path,
    message: `unknown field ${quote(key)}`,
    help: similar === undefined ? `remove it; fields here: ${names.join(', ')}` : `did you mean ${similar}?`,
  };
}

function translateIssue(issue: z.core.$ZodRawIssue, path: (string | number)[]): SchemaIssue {
  switch (issue.code) {
    case 'custom':
      return { code: issue.params?.['code'], path, message: messageOf(issue), help: issue.params?.['help'] };
    case 'invalid_type':
      return wrongType(issue.expected, issue.input, path);
    case 'invalid_value':
      return notOneOf(issue.values.map(String), issue.input, path);
    case 'too_big':
      return tooLong(issue, path);
    case 'invalid_union': {
      const { input, options } = issue;
      const tag = String(path.at(-1));
      if (!Array.isArray(options)) return wrongType('text or a number', input, path);
      return notOneOf(options.map(String), isObject(input) ? input[tag] : undefined, path);
    }
    default:
      return { code: 'schema/type', path, message: messageOf(issue), help: 'correct the value' };
  }
}

/** By `z.config`: what is reached by `z.core` brings all of zod into memory. */
function messageOf(issue: z.core.$ZodRawIssue): string {
  const said = issue.message ?? z.config().localeError?.(issue);
  return (typeof said === 'string' ? said : said?.message) ?? 'is not valid';
}

function notOneOf(allowed: readonly string[], input: unknown, path: (string | number)[]): SchemaIssue {
  const options = allowed.length === 1 ? `${allowed[0]}` : `one of ${allowed.join(', ')}`;
  if (input === undefined) return missing(path, `add it: ${options}`);
  const similar = typeof input === 'string' ? similarName(input, allowed) : undefined;
  const help = similar === undefined ? `write ${options}` : `did you mean ${similar}? Write ${options}`;
  return { code: 'schema/enum', path, message: `${quote(input)} is not allowed here`, help };
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
  record: 'a map of texts',
};

function wrongType(expected: string, input: unknown, path: (string | number)[]): SchemaIssue {
  const noun = NOUNS[expected] ?? expected;
  if (input === undefined) return missing(path, `add it: ${noun}`);
  const isScalar = typeof input !== 'object';
  const found = input === null ? 'null' : Array.isArray(input) ? 'a list' : isScalar ? quote(input) : 'a map';
  return {
    code: 'schema/type',
    path,
    message: `must be ${noun}, not ${found}`,
    help: expected === 'string' && isScalar ? `put it in quotes: "${String(input)}"` : `write ${noun}`,
  };
}

/** Only lists have a length that is asked for before all else: see `list`. */
function tooLong(
  { maximum, input }: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig>,
  path: (string | number)[],
): SchemaIssue {
  const message = `has ${Array.isArray(input) ? input.length : 'too many'} items, at most ${maximum} are allowed`;
  return { code: 'schema/items', path, message, help: 'remove some, or spread them over several objects' };
}

function missing(path: (string | number)[], help: string): SchemaIssue {
  return { code: 'schema/required', path, message: `${String(path.at(-1))} is required`, help };
}
