// SPDX-License-Identifier: Apache-2.0
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LocatedFinding } from '../../controller/index.ts';
import { INPUT_NAME } from '../manifest-paths.ts';

/** What `check` found, for a report that other programs read. */
export interface CheckReport {
  readonly findings: readonly LocatedFinding[];
  /** As the user named them. */
  readonly paths: readonly string[];
  /** `--strict`: warnings fail, too. */
  readonly isStrict: boolean;
  /** The folder that file names are relative to: that of the repository in CI, else the working one. Absolute. */
  readonly root: string;
}

/** True when a finding makes `check` fail. */
export function isFailure({ severity }: LocatedFinding, isStrict: boolean): boolean {
  return severity === 'error' || (isStrict && severity === 'warning');
}

/** A file's name below the root, with slashes; its absolute name when it is elsewhere; null for what is no file. */
export function fileBelow(
  root: string,
  file: string | null,
): { readonly path: string; readonly isBelow: boolean } | null {
  if (file === null || file === INPUT_NAME) return null;
  const absolute = resolve(file);
  const below = relative(root, absolute);
  const isBelow = below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
  return isBelow ? { path: below.split(sep).join('/'), isBelow } : { path: absolute, isBelow };
}

/** As a URI reference (RFC 3986): relative below the root, else `file:`. */
export function uriOf({ path, isBelow }: { readonly path: string; readonly isBelow: boolean }): string {
  return isBelow ? path.split('/').map(encodeURIComponent).join('/') : pathToFileURL(path).href;
}
