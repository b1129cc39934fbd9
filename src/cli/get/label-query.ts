// SPDX-License-Identifier: Apache-2.0
import type { LabelRequirement, LabelSelector } from '../../values/index.ts';
import { usageError } from '../exit-code.ts';

/** A comma that does not stand in the parentheses of `in (a,b)`. */
const COMMA = /,(?![^(]*\))/;

/** Reads `-l` as kubectl does: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, with commas for "and". Throws a usage error. */
export function parseLabelQuery(text: string): LabelSelector {
  return text.split(COMMA).map(part => parseRequirement(part.trim(), text));
}

function parseRequirement(part: string, text: string): LabelRequirement {
  const [, setKey, setOperator, list] = /^([\w./-]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part) ?? [];
  if (setKey !== undefined && list !== undefined) {
    const values = new Set(list.split(',').map(value => value.trim()));
    return { operator: setOperator === 'in' ? 'In' : 'NotIn', key: setKey, values };
  }
  const [, key, operator, value] = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(part) ?? [];
  if (key !== undefined && value !== undefined) {
    return { operator: operator === '!=' ? 'NotIn' : 'In', key, values: new Set([value]) };
  }
  const [, not, bare] = /^(!?)\s*([\w./-]+)$/.exec(part) ?? [];
  if (bare !== undefined) return { operator: not === '!' ? 'DoesNotExist' : 'Exists', key: bare };
  throw usageError(
    `-l "${text}": "${part}" is not a condition on a label`,
    "Write a=b, a!=b, 'a in (b,c)', 'a notin (b)', a or '!a'; commas mean and",
  );
}
