// SPDX-License-Identifier: Apache-2.0

/**
 * Node.js and the libraries that it loads for an architecture that is not this machine's: the same version, from npm, and packages of Debian from where
 * this machine has its own. They are unpacked and never run. Needs apt-get, dpkg-deb, readelf (binutils), npm and tar.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageFiles, releaseFile } from './debian-files.ts';
import type { ImageFile } from './image-file.ts';

/** As images and Debian name it. */
export type Architecture = 'amd64' | 'arm64';

/** How Node.js and Debian's folders name them. */
const NAMES: Readonly<Record<Architecture, { readonly node: string; readonly folder: string }>> = {
  amd64: { node: 'x64', folder: 'x86_64-linux-gnu' },
  arm64: { node: 'arm64', folder: 'aarch64-linux-gnu' },
};
/** What Node.js's own builds are linked with. */
const PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6'];

export interface ForeignNode {
  /** Paths of files of this machine. */
  readonly binary: string;
  readonly license: string;
  /** As they are in the image, with their licences and what scanners read of their packages. */
  readonly libraries: readonly ImageFile[];
}

export function isArchitecture(name: string): name is Architecture {
  return Object.hasOwn(NAMES, name);
}

export function ownArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

/** Fetches into `folder`, which is empty. @throws Error when something is not to be had, or a library is in none of the packages. */
export function fetchForeignNode(architecture: Architecture, folder: string): ForeignNode {
  const root = join(folder, 'root');
  mkdirSync(root);
  const nodePackage = fetchNode(architecture, folder);
  const binary = join(nodePackage, 'bin/node');
  const archives = fetchPackages(architecture, folder, root);
  return {
    binary,
    license: join(nodePackage, 'LICENSE'),
    libraries: [
      ...librariesOf(binary, root, NAMES[architecture].folder),
      ...archives.flatMap(archive => filesOfArchive(archive, root)),
      releaseFile(),
    ],
  };
}

function fetchNode(architecture: Architecture, folder: string): string {
  const name = `node-linux-${NAMES[architecture].node}@${process.versions.node}`;
  const archive = run('npm', ['pack', '--silent', '--pack-destination', folder, name]).trim();
  run('tar', ['-xzf', join(folder, archive), '-C', folder]);
  return join(folder, 'package');
}

/** Unpacks all into `root`, as they would stand beside each other; their archives. */
function fetchPackages(architecture: Architecture, folder: string, root: string): readonly string[] {
  const apt = aptIn(architecture, folder);
  apt('update');
  const download = (name: string): string => {
    const before = new Set(readdirSync(folder));
    apt('download', name);
    const archive = readdirSync(folder).find(file => file.endsWith('.deb') && !before.has(file));
    if (archive === undefined) throw new Error(`apt-get download ${name} brought no package`);
    run('dpkg-deb', ['--extract', join(folder, archive), root]);
    return join(folder, archive);
  };
  const archives = PACKAGES.map(download);
  // Some keep their licence in the folder of another one, which they depend on.
  const others = PACKAGES.map(name => join(root, 'usr/share/doc', name))
    .filter(path => !existsSync(path))
    .map(path => basename(readlinkSync(path)));
  return [...archives, ...[...new Set(others)].filter(name => !PACKAGES.includes(name)).map(download)];
}

/** apt-get with lists of its own: nothing of this machine changes. */
function aptIn(architecture: Architecture, folder: string): (...args: readonly string[]) => void {
  for (const name of ['lists/partial', 'archives/partial']) mkdirSync(join(folder, name), { recursive: true });
  const settings = {
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::State::Status': '/dev/null',
    'Dir::Cache': folder,
    // The user that apt takes otherwise may not enter the folder.
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (...args) => void run('apt-get', ['-q', ...options, ...args], folder);
}

/** What a program is linked with, and what that is linked with, where the loader looks for it. */
function librariesOf(program: string, root: string, folder: string): readonly ImageFile[] {
  const loader = /program interpreter: (\S+)\]/.exec(run('readelf', ['--program-headers', program]))?.[1];
  if (loader === undefined) throw new Error(`${program} names no loader`);
  const files = new Map<string, ImageFile>([[basename(loader), fileAt(root, loader)]]);
  const waiting = [program];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const name of neededBy(file)) {
      if (files.has(name)) continue;
      const path = [`/lib/${folder}/${name}`, `/usr/lib/${folder}/${name}`].find(one => existsSync(join(root, one)));
      if (path === undefined) throw new Error(`${name}, which ${file} needs, is in none of ${PACKAGES.join(', ')}`);
      files.set(name, fileAt(root, path));
      waiting.push(join(root, path));
    }
  }
  return [...files.values()];
}

function fileAt(root: string, path: string): ImageFile {
  return { path, data: readFileSync(join(root, path)), mode: '755' };
}

function neededBy(file: string): readonly string[] {
  return [...run('readelf', ['--dynamic', file]).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name = '']) => name);
}

/** As in an image of this machine's architecture. */
function filesOfArchive(archive: string, root: string): readonly ImageFile[] {
  const name = run('dpkg-deb', ['--field', archive, 'Package']).trim();
  return packageFiles({ name, control: run('dpkg-deb', ['--field', archive]), root });
}

function run(command: string, args: readonly string[], cwd?: string): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...(cwd && { cwd }) });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed`, { cause: error });
  }
}
