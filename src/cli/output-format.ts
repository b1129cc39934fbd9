// SPDX-License-Identifier: Apache-2.0
import { Document, isScalar, visit } from 'yaml';
import { printable } from '../values/index.ts';
import type { Terminal } from './terminal.ts';

export const OUTPUT_FORMATS = ['table', 'wide', 'yaml', 'json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Writes a value as `-o json` or `-o yaml` asks; false: a table is asked for, nothing was written. */
export function writeData(terminal: Terminal, format: OutputFormat, value: unknown): boolean {
  if (format === 'json') terminal.out(`${JSON.stringify(value, null, 2)}\n`);
  else if (format === 'yaml') terminal.out(yamlOf(value));
  else return false;
  return true;
}

/** YAML in which texts that hold control characters stand in double quotes, so that escaping these keeps the value. */
function yamlOf(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (isScalar<unknown>(node) && typeof node.value === 'string' && printable(node.value) !== node.value)
        node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}
