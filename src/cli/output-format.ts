// SPDX-License-Identifier: Apache-2.0
import { Document, isScalar, visit } from 'yaml';
import { printable } from '../values/index.ts';
import type { Terminal } from './terminal.ts';

export const OUTPUT_FORMATS = ['table', 'wide', 'yaml', 'json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Writes a value as `-o json` or `-o yaml` asks; false: a table is asked for, nothing was written. */
export function writeData(terminal: Terminal, format: OutputFormat, value: unknown): boolean {
  if (format === 'json') terminal.out(`${JSON.stringify(value, null, 2)}\n`);
  else if (format === 'yaml') terminal.out(yamlText(value));
  else return false;
  return true;
}

/** What readers of YAML 1.1 take for a number (Go: hexadecimal in capitals, underscores anywhere), or for no scalar at all; also tabs, and blank lines. */
const MISREAD = /^[-+]?0X|^[-+.\d].*_|\t|^(?:=|<<|\s+)$/s;

/**
 * YAML that readers of YAML 1.1, kubectl among them, read as those of 1.2 do: `yes`, `1_000` and dates stand in quotes. So do texts that hold
 * control characters, in which escaping these keeps the value.
 */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar(_key, node) {
      if (!isScalar<unknown>(node) || typeof node.value !== 'string') return;
      if (printable(node.value) !== node.value || MISREAD.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}
