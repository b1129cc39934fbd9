// SPDX-License-Identifier: Apache-2.0

import { printableLine } from '../../values/index.ts';

const COLOURS: Readonly<Record<string, number>> = { debug: 2, info: 32, warn: 33, error: 31 };

/**
 * One JSON line of the log as a line for people: `12:00:01 warn  message  key=value`. What comes from files and peers stays
 * in its line, and its control characters are escaped. Anything else than JSON keeps its text.
 */
export function prettyLine(line: string, options: { readonly colours: boolean }): string {
  const entry = parseEntry(line);
  if (entry === undefined) return `${printableLine(line.trimEnd())}\n`;
  const { level, time, msg, ...fields } = entry;
  const name = String(level);
  const padded = printableLine(name).padEnd(5);
  const shown = options.colours ? `\u001b[${COLOURS[name] ?? 0}m${padded}\u001b[0m` : padded;
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${plain(value)}`);
  const shownTime = printableLine(String(time).slice(11, 19));
  return `${[shownTime, shown, ...[String(msg), ...rest].map(printableLine)].join(' ')}\n`;
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function plain(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value) ?? String(value);
}
