// SPDX-License-Identifier: Apache-2.0

const COLOURS: Readonly<Record<string, number>> = { debug: 2, info: 32, warn: 33, error: 31 };

/** One JSON line of the log as a line for people: `12:00:01 warn  message  key=value`. Anything else is left as it is. */
export function prettyLine(line: string, options: { readonly colours: boolean }): string {
  const entry = parseEntry(line);
  if (entry === undefined) return line;
  const { level, time, msg, ...fields } = entry;
  const name = String(level);
  const padded = name.padEnd(5);
  const shown = options.colours ? `\u001b[${COLOURS[name] ?? 0}m${padded}\u001b[0m` : padded;
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${plain(value)}`);
  return `${[String(time).slice(11, 19), shown, String(msg), ...rest].join(' ')}\n`;
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
