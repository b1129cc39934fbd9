// SPDX-License-Identifier: Apache-2.0

import { compareStrings } from '../../values/index.ts';

/** Something that is not well, with since when, and what to do about it. */
export interface Trouble {
  /** `error`: something that is written is not served, or nothing new will be. `warning`: all is served, and will not stay so, or is not told. */
  readonly severity: 'error' | 'warning';
  /** `process`: of this process alone. `resources`: of what users wrote; every process that reads it has the same. */
  readonly of: 'process' | 'resources';
  /** What it is about: `Gateway default/gw, listener https`, `socket 127.0.0.1:443`. */
  readonly subject: string;
  readonly message: string;
  /** RFC 3339; null: not known. */
  readonly since: string | null;
  /** A command that mends it, or finds out more. */
  readonly next: string;
}

/** A trouble without how bad it is. */
type Told = Omit<Trouble, 'severity' | 'of'>;

/** One of the process: something that is written is not served, or nothing new will be. */
export function processError(told: Told): Trouble {
  return { severity: 'error', of: 'process', ...told };
}

/** One of the process: all is served, and will not stay so, or is not told. */
export function processWarning(told: Told): Trouble {
  return { severity: 'warning', of: 'process', ...told };
}

/** Troubles that are shown one by one, the worst first; the rest is counted. */
const MAX_SHOWN = 100;

/** What a page shows of all there is. */
export interface Troubles {
  readonly errors: number;
  readonly warnings: number;
  /** The worst of them. */
  readonly shown: readonly Trouble[];
}

/** The troubles in the order in which to look at them: errors, of the process first; else by what they are about. */
export function troublesOf(all: readonly Trouble[]): Troubles {
  const errors = all.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: all.length - errors, shown: all.toSorted(compareTroubles).slice(0, MAX_SHOWN) };
}

/** A time of the wall clock as troubles have it. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function compareTroubles(a: Trouble, b: Trouble): number {
  return compareStrings(a.severity, b.severity) || compareStrings(a.of, b.of) || compareStrings(a.subject, b.subject);
}
