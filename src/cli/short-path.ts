// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';

/** A file as it is best typed from here: relative to the working directory where that is shorter. */
export function shortPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith('..') || short.length > file.length ? file : short;
}
