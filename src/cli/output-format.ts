// SPDX-License-Identifier: Apache-2.0
import { stringify } from 'yaml';
import type { Terminal } from './terminal.ts';

export const OUTPUT_FORMATS = ['table', 'wide', 'yaml', 'json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Writes a value as `-o json` or `-o yaml` asks; false: a table is asked for, nothing was written. */
export function writeData(terminal: Terminal, format: OutputFormat, value: unknown): boolean {
  if (format === 'json') terminal.out(`${JSON.stringify(value, null, 2)}\n`);
  else if (format === 'yaml') terminal.out(stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }));
  else return false;
  return true;
}
