// SPDX-License-Identifier: Apache-2.0

/** What of daemun and Node.js is in the image, and where. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageFile } from './image-file.ts';

/** Who runs in the container: nobody that a node knows. */
export const USER = 65532;
/** Of the command: `bin/daemun` is in here. */
const HOME = '/opt/daemun';
/** Where a volume may be mounted. */
export const VOLUME = '/var/lib/daemun';
const NODE = '/usr/local/bin/node';

/** How the container runs. The state directory is meant to be on a volume; where it cannot be written, what needs it says so. */
export const RUN = {
  user: `${USER}:${USER}`,
  env: {
    PATH: `${HOME}/bin:/usr/local/bin:/usr/sbin:/usr/bin`,
    HOME: VOLUME,
    // Below it: a volume belongs to root, and daemun wants a folder of its own.
    DAEMUN_STATE_DIR: `${VOLUME}/state`,
    // As `run` sets it by itself, starting again: docs/decisions/0026-memory-goes-back-to-the-system.md.
    MALLOC_MMAP_THRESHOLD_: '32768',
  },
  entrypoint: [NODE, '--no-memory-reducer', '--max-semi-space-size=4', `${HOME}/bin/daemun`],
  cmd: ['--help'],
};

/** Users, name service and folders: what Linux programs expect of a system. */
export function systemFiles(): ImageFile[] {
  return [
    { path: '/etc/passwd', data: `root:x:0:0:root:/:/nologin\ndaemun:x:${USER}:${USER}:daemun:${VOLUME}:/nologin\n` },
    { path: '/etc/group', data: `root:x:0:\ndaemun:x:${USER}:\n` },
    // glibc asks DNS first where this is missing, for localhost, too.
    { path: '/etc/nsswitch.conf', data: 'hosts: files dns\n' },
    { path: '/tmp', data: null, mode: '1777' },
    { path: VOLUME, data: null, mode: '700', owner: USER },
  ];
}

/** Node.js: it has the certificates of public authorities in it. */
export function nodeFiles({ binary, license }: { readonly binary: string; readonly license: string }): ImageFile[] {
  return [
    { path: NODE, data: readFileSync(binary), mode: '755' },
    { path: '/usr/share/doc/node/LICENSE', data: readFileSync(license) },
  ];
}

/** The package as it is published, but for documents. */
export function gatewayFiles(root: string): ImageFile[] {
  const whole = [
    'package.json',
    'LICENSE',
    'bin/package.json',
    'packaging/kubernetes/install.yaml',
    'packaging/kubernetes/mesh.yaml',
  ];
  const built = readdirSync(join(root, 'dist')).map(name => `dist/${name}`);
  // There is no /usr/bin/env.
  const command = readFileSync(join(root, 'bin/daemun'), 'utf8').replace(/^#!.*/, `#!${NODE}`);
  return [
    { path: `${HOME}/bin/daemun`, data: command, mode: '755' },
    ...[...whole, ...built].map(name => ({ path: `${HOME}/${name}`, data: readFileSync(join(root, name)) })),
  ];
}

/** Of the Node.js that runs this. @throws Error when it is not found. */
export function nodeLicense(root: string): string {
  const bundled = join(root, 'node_modules/node/node_modules');
  const packages = readdirSync(bundled).map(name => join(bundled, name));
  const candidates = [join(dirname(realpathSync(process.execPath)), '..'), ...packages];
  const file = candidates.map(folder => join(folder, 'LICENSE')).find(place => existsSync(place));
  if (file === undefined) throw new Error(`no LICENSE of ${process.execPath}; build with the Node.js of npm ci`);
  return file;
}
