// SPDX-License-Identifier: Apache-2.0

/**
 * The words in which the kinds are declared: texts, integers, lists and objects with their bounds, as an API server
 * checks them. Each problem carries a stable code and what to do about it.
 */
import * as z from 'zod';
import type { SchemaCode } from './schema-codes.ts';

/** What is wrong with a value, in our words. `path` is relative to the value. */
export interface Problem {
  readonly code: SchemaCode;
  readonly message: string;
  readonly help: string;
  readonly path?: readonly (string | number)[];
}

/** A value under check, as zod hands it over. */
export interface Checked {
  readonly value: unknown;
  readonly issues: z.core.$ZodRawIssue[];
}

/** Adds a problem to the checked value's; the check goes on. */
export function refuse(checked: Checked, problem: Problem): void {
  checked.issues.push({
    code: 'custom',
    input: checked.value,
    path: [...(problem.path ?? [])],
    message: problem.message,
    params: { code: problem.code, help: problem.help },
    continue: true,
  });
}

/** What texts and numbers are made from: a schema takes 1.5 KiB, and there are hundreds of fields. */
const STRING = z.string();
const NUMBER = z.number();

/** Bounds of a text. Lengths count characters (code points), as an API server does. */
export interface TextRule {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** What the text is, with an example: completes "write …". */
  readonly is?: string;
}

/** A string within bounds. */
export function text(rule: TextRule = {}) {
  const { min = 0, max = Number.POSITIVE_INFINITY, pattern, is = 'a shorter text' } = rule;
  return STRING.check(context => {
    const value = context.value;
    if (value.length < min) {
      refuse(context, { code: 'schema/length', message: 'must not be empty', help: `write ${is}` });
    } else if (value.length > max && countCharacters(value) > max) {
      const message = `has ${countCharacters(value)} characters, at most ${max} are allowed`;
      refuse(context, { code: 'schema/length', message, help: `shorten it to ${max} characters` });
    } else if (pattern !== undefined && !pattern.test(value)) {
      refuse(context, { code: 'schema/pattern', message: `${quote(value)} is not ${is}`, help: `write ${is}` });
    }
  });
}

// Numbers that are written without a fraction are taken up to here, larger ones are not whole numbers to an API server.
const MAX_INT64 = 2 ** 63;

/** A whole number from `min` to `max`; without `max` to the end of the 64-bit range. */
export function integer(min: number, max = MAX_INT64) {
  const range = max === MAX_INT64 ? `not below ${min}` : `from ${min} to ${max}`;
  return NUMBER.check(context => {
    const value = context.value;
    if (!Number.isInteger(value) || Math.abs(value) >= MAX_INT64) {
      const message = `${value} is not a whole number`;
      refuse(context, { code: 'schema/type', message, help: `write a whole number ${range}` });
    } else if (value < min || value > max) {
      const message = `${value} is out of range`;
      refuse(context, { code: 'schema/range', message, help: `write a number ${range}` });
    }
  });
}

/** Bounds of a list. */
export interface ListRule<Item> {
  readonly min?: number;
  readonly max: number;
  /** A list map: no two items may have the same key. The key's field is named in the message. */
  readonly key?: keyof Item & string;
  /** A list set: no two items may be equal. Only for lists of texts. */
  readonly isSet?: boolean;
}

/** A list within bounds. One that is too long is refused for that, and its items are not looked at. */
export function list<Item extends z.ZodType>(item: Item, rule: ListRule<z.output<Item>>) {
  const { min = 0, max, key, isSet = false } = rule;
  // Before all other checks: zod asks for a length at the head before it reads the items. In one `check`: each makes a schema that keeps the one before.
  return z.array(item).check(z.maxLength(max), context => {
    const { length } = context.value;
    if (length < min) {
      refuse(context, { code: 'schema/items', message: 'must not be empty', help: `list at least ${min}` });
    }
    if ((key !== undefined || isSet) && length > 1) refuseRepeated(context, key);
  });
}

function refuseRepeated(context: { value: readonly unknown[]; issues: z.core.$ZodRawIssue[] }, key?: string): void {
  const seen = new Map<unknown, number>();
  for (const [index, item] of context.value.entries()) {
    const id = key === undefined ? item : (item as Record<string, unknown>)[key];
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, index);
      continue;
    }
    const what = key === undefined ? 'value' : key;
    refuse(context, {
      code: 'schema/duplicate',
      path: key === undefined ? [index] : [index, key],
      message: `${what} ${quote(id)} is already used by item ${first}`,
      help: `give each item a ${what} of its own, or remove one`,
    });
  }
}

/** A map of texts with at most `max` entries. */
export function textMap<Value extends z.ZodType<string>>(value: Value, max = Number.POSITIVE_INFINITY) {
  return z.record(STRING, value).check(context => {
    const { length } = Object.keys(context.value);
    if (length <= max) return;
    const message = `has ${length} entries, at most ${max} are allowed`;
    refuse(context, { code: 'schema/items', message, help: 'remove some' });
  });
}

/** One of some words in a field of a core kind, where the empty text counts as absent. */
export function choice<const Word extends string>(words: readonly [Word, ...Word[]], absent: NoInfer<Word>) {
  return z.preprocess(value => (value === '' ? absent : value), z.enum(words)).prefault('');
}

/** A field that goes with another value of its object's tag, told apart from an unknown one. */
export function onlyWith(tag: string, value: string, code: SchemaCode = 'schema/filter-field') {
  return z
    .custom<never>(() => false, {
      message: `only ${tag} ${value} has this field`,
      params: { code, help: `remove it, or set ${tag}: ${value}` },
    })
    .exactOptional();
}

/** A value in quotes for a message, cut short when it is long. */
export function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length <= 80 ? json : `${json.slice(0, 76)}…${json.at(-1)}`;
}

function countCharacters(value: string): number {
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}
