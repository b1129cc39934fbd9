// SPDX-License-Identifier: Apache-2.0

/** What an image tells of the Debian packages that its files come from: licences, and what scanners of images without a package manager read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageFile } from './image-file.ts';

export interface DebianPackage {
  readonly name: string;
  /** Its fields, as dpkg has them. */
  readonly control: string;
  /** Where it is unpacked. */
  readonly root: string;
}

export function packageFiles({ name, control, root }: DebianPackage): readonly ImageFile[] {
  const copyright = `/usr/share/doc/${name}/copyright`;
  return [
    { path: copyright, data: readFileSync(join(root, copyright)) },
    { path: `/var/lib/dpkg/status.d/${name}`, data: control },
  ];
}

/** Which Debian they are of: this machine's. */
export function releaseFile(): ImageFile {
  return { path: '/etc/os-release', data: readFileSync('/etc/os-release') };
}
