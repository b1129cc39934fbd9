// SPDX-License-Identifier: Apache-2.0

import { lineText } from '../paint.ts';

/**
 * Fields as `kubectl describe` prints those of custom resources: keys in words, lists of objects one below the other,
 * values of one level in one column.
 */
export function formatFields(value: object, indent = ''): string {
  const entries = Object.entries(value).filter(([, field]) => !isEmpty(field));
  const scalars = entries.filter(([, field]) => !isNested(field));
  const width = Math.max(0, ...scalars.map(([key]) => label(key).length)) + 2;
  return entries
    .sort(([a], [b]) => (label(a) < label(b) ? -1 : 1))
    .map(([key, field]) => formatField(label(key), field, { indent, width }))
    .join('');
}

function formatField(title: string, field: unknown, at: { indent: string; width: number }): string {
  if (!isNested(field)) return `${at.indent}${title.padEnd(at.width)}${lineText(String(field))}\n`;
  if (!Array.isArray(field)) return `${at.indent}${title}\n${formatFields(field ?? {}, `${at.indent}  `)}`;
  const lines = field.map(item =>
    isNested(item) ? formatFields(item ?? {}, `${at.indent}  `) : `${at.indent}  ${lineText(String(item))}\n`,
  );
  return `${at.indent}${title}\n${lines.join('')}`;
}

/** kubectl leaves out what says nothing. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** `gatewayClassName` → `Gateway Class Name:`. Keys that are no identifiers stay as they are. */
function label(key: string): string {
  if (!/^[a-z][A-Za-z0-9]*$/.test(key)) return `${lineText(key)}:`;
  const words = key.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}:`;
}
