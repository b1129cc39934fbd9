// SPDX-License-Identifier: Apache-2.0

import { createTarGzip } from 'nanotar';
import type { BundleContents, BundleFile } from '../../controller/index.ts';

/** Of all files together, in characters: beyond it files are left out, the last first. */
const MAX_BUNDLE_LENGTH = 64 * 1024 * 1024;

export interface ArchiveOptions {
  /** The folder that everything is in. */
  readonly folder: string;
  /** Of the wall clock. */
  readonly nowMs: number;
  /** Of this command. */
  readonly version: string;
}

/** A .tar.gz of the files, with a page that says what is in it and what is not. */
export function archiveOf({ files, missing }: BundleContents, options: ArchiveOptions): Promise<Uint8Array> {
  const { folder, nowMs, version } = options;
  const { kept, left } = fitting(files);
  const page = aboutText({ kept, missing: [...missing, ...left], nowMs, version });
  const entries = [{ name: 'README.txt', text: page }, ...kept];
  const attrs = { mtime: nowMs, mode: '600', uid: 0, gid: 0 };
  return createTarGzip(
    entries.map(({ name, text }) => ({ name: `${folder}/${name}`, data: Buffer.from(text), attrs })),
  );
}

function fitting(files: readonly BundleFile[]): { kept: readonly BundleFile[]; left: readonly string[] } {
  let length = 0;
  const kept: BundleFile[] = [];
  const left: string[] = [];
  for (const file of files) {
    length += file.text.length;
    if (length <= MAX_BUNDLE_LENGTH) kept.push(file);
    else left.push(`${file.name}: the bundle has no room for it`);
  }
  return { kept, left };
}

interface About {
  readonly kept: readonly BundleFile[];
  readonly missing: readonly string[];
  readonly nowMs: number;
  readonly version: string;
}

function aboutText({ kept, missing, nowMs, version }: About): string {
  const list = (items: readonly string[]): string => items.map(item => `  ${item}\n`).join('');
  return `A support bundle of daemun, made by version ${version} at ${new Date(nowMs).toISOString()}.

It has what daemun knows of its configuration and of itself. Left out are data of Secrets and private keys, data of ConfigMaps but
certificates, values of headers, parameters and annotations whose name or look says that they are credentials, variables and arguments of
containers, and queries of paths in the log. Host names, addresses and names of objects are in it: read it before you send it.

Files:
${list(kept.map(({ name, text }) => `${name} (${text.length} characters)`))}${missing.length === 0 ? '' : `\nMissing:\n${list(missing)}`}`;
}
