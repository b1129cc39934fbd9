// SPDX-License-Identifier: Apache-2.0
import { lineText, visibleWidth } from './paint.ts';

/** Spaces between columns, as kubectl has them. */
const GAP = 3;

/** Lays out rows as kubectl does: columns as wide as their widest cell, no borders, each row in one line. Ends with a newline. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[], indent = ''): string {
  const lines = (header.length === 0 ? rows : [header, ...rows]).map(cells => cells.map(lineText));
  const widths: number[] = [];
  for (const line of lines) {
    line.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, visibleWidth(cell));
    });
  }
  return lines.map(line => `${indent}${formatRow(line, widths)}\n`).join('');
}

function formatRow(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) + GAP - visibleWidth(cell)));
  return padded.join('').trimEnd();
}
