// SPDX-License-Identifier: Apache-2.0

/** A program of this machine, with what it needs to run where nothing else is. */
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { packageFiles, releaseFile } from './debian-files.ts';
import type { ImageFile } from './image-file.ts';

/**
 * The shared libraries that programs load, each where the loader looks for it, with the licences of the Debian packages that they come from
 * and what scanners read of those.
 *
 * @throws Error when one is missing, or belongs to no package.
 */
export function libraryFiles(programs: readonly string[]): ImageFile[] {
  const libraries = [...new Set(programs.flatMap(librariesOf))];
  const packages = [...new Set(libraries.map(packageOf))];
  return [
    ...libraries.map(path => ({ path, data: readFileSync(path), mode: '755' })),
    ...packages.flatMap(installedFiles),
    releaseFile(),
  ];
}

/** A program of a Debian package, and what the package says of itself. */
export function packagedProgram(path: string): ImageFile[] {
  return [{ path, data: readFileSync(path), mode: '755' }, ...installedFiles(packageOf(path))];
}

/** Absolute paths, as the loader has them. */
export function librariesOf(program: string): string[] {
  const output = run('ldd', [program], `what ${program} needs is asked of ldd, which glibc brings`);
  if (/not found/.test(output)) throw new Error(`${program} misses libraries:\n${output}`);
  return [...output.matchAll(/(?:=> |^\s*)(\/\S+)/gm)].map(([, path = '']) => path);
}

function packageOf(file: string): string {
  // A package may name a file by a path through /lib, which is a link to /usr/lib.
  const real = realpathSync(file);
  const names = [file, real, real.replace(/^\/usr/, ''), `${dirname(file)}/${basename(real)}`];
  const found = [...new Set(names)].map(ownerOf).find(owner => owner !== null);
  if (found === undefined || found === null)
    throw new Error(`${file} is of no Debian package, so its licence is not known; build the image on Debian`);
  return found;
}

function ownerOf(file: string): string | null {
  try {
    return /^([^:\s]+)/.exec(run('dpkg-query', ['--search', file], 'packages are known on Debian'))?.[1] ?? null;
  } catch {
    return null;
  }
}

function installedFiles(name: string): readonly ImageFile[] {
  return packageFiles({ name, control: run('dpkg-query', ['--status', name], name), root: '/' });
}

function run(command: string, args: readonly string[], why: string): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed; ${why}`, { cause: error });
  }
}
