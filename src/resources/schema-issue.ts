// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod';
import { quote } from './vocabulary.ts';

/** Why an API server would refuse an object. */
export interface SchemaIssue {
  readonly code: `schema/${string}`;
  /** Where in the object; empty: the object as a whole. */
  readonly path: (string | number)[];
  /** What is wrong, in one line. */
  readonly message: string;
  /** What to do, in one line. */
  readonly help: string;
}

/** The issues of a failed parse, in our words. */
export function schemaIssues(error: z.ZodError): SchemaIssue[] {
  return error.issues.flatMap(issue => translateIssue(issue));
}

function translateIssue(issue: z.core.$ZodIssue): SchemaIssue[] {
  const path = issue.path.filter(part => typeof part !== 'symbol');
  switch (issue.code) {
    case 'custom':
      return [{ code: issue.params?.['code'], path, message: issue.message, help: issue.params?.['help'] }];
    case 'unrecognized_keys':
      return issue.keys.map(key => ({
        code: 'schema/unknown-field',
        path: [...path, key],
        message: `unknown field ${quote(key)}`,
        help: 'remove it, or correct its name',
      }));
    default:
      return [{ code: 'schema/type', path, message: issue.message, help: '' }];
  }
}
