// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export interface SourceFile {
  /** Relative to the repository: `src/values/hostname.ts`. */
  readonly path: string;
  /** Its folder below src: `values`. */
  readonly folder: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly specifier: string;
  /** Repository path of a relative import, else undefined. */
  readonly target: string | undefined;
}

const IMPORT = /^\s*(?:import|export)\s+(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;

/** Every TypeScript file below `folder` that is not a test, with what it imports. */
export function readSourceFiles(folder = 'src'): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(name => readSourceFile(join(folder, name)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const imports: Import[] = [];
  for (const match of text.matchAll(IMPORT)) imports.push(readImport(path, String(match[1])));
  for (const match of text.matchAll(DYNAMIC)) imports.push(readImport(path, String(match[1])));
  return { path, folder: path.split('/')[1] ?? '', lines: text.split('\n').length - 1, imports };
}

function readImport(from: string, specifier: string): Import {
  const target = specifier.startsWith('.') ? relative('.', join(dirname(from), specifier)) : undefined;
  return { specifier, target };
}
