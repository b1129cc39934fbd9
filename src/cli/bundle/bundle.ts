// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type BundleContents, parseBundleFiles, readClusterBundle } from '../../controller/index.ts';
import { fileFault } from '../../errors/index.ts';
import { createFile, packageVersion } from '../../files/index.ts';
import { systemClock, systemRandom } from '../../time/index.ts';
import { AdminClient } from '../admin-client.ts';
import { couldNotRun, EXIT, failureOf } from '../exit-code.ts';
import { isCluster } from '../open-source.ts';
import { lineText } from '../paint.ts';
import type { ClusterOptions } from '../resource-source.ts';
import type { Terminal } from '../terminal.ts';
import { archiveOf } from './archive.ts';

export interface BundleOptions extends ClusterOptions {
  /** `--admin`: the running process. */
  readonly admin: string;
  /** `--out`: the file; it must not be there yet. */
  readonly out?: string;
}

/** `bundle`: what a running daemun, or that of a cluster, knows of itself, as one file for those who help. */
export async function runBundle(options: BundleOptions, terminal: Terminal): Promise<number> {
  const nowMs = systemClock.wallMs();
  const folder = `daemun-bundle-${new Date(nowMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '')}`;
  const file = options.out ?? `${folder}.tar.gz`;
  if (existsSync(file)) throw couldNotRun(`${file} is there already`, 'Name another file with --out');
  const contents = isCluster(options) ? await ofCluster(options) : await ofProcess(options);
  const archive = await archiveOf(contents, { folder, nowMs, version: packageVersion() });
  await write(file, archive);
  for (const one of contents.missing) terminal.err(`missing: ${lineText(one)}\n`);
  const size = `${Math.ceil(archive.length / 1024)} KiB`;
  terminal.out(`${lineText(file)} (${size}); read ${basename(folder)}/README.txt in it before you send it\n`);
  return EXIT.ok;
}

/** For its owner alone: it has names and addresses that are nobody else's business. */
async function write(file: string, archive: Uint8Array): Promise<void> {
  try {
    await createFile(file, archive);
  } catch (error) {
    throw couldNotRun(`${file} cannot be written: ${fileFault(error)}`, 'Name another file with --out');
  }
}

async function ofProcess({ admin }: BundleOptions): Promise<BundleContents> {
  const client = new AdminClient(admin, 'ask those of a cluster with --kubernetes');
  const files = parseBundleFiles(await client.bundle());
  if (files === undefined)
    throw couldNotRun(`what answers at ${client.address} has no support bundle`, 'Is it of another version?');
  return { files, missing: [] };
}

async function ofCluster(options: BundleOptions): Promise<BundleContents> {
  const { kubeconfig = null, context = null, controllerName = null } = options;
  try {
    return await readClusterBundle({ kubeconfig, context, controllerName, clock: systemClock, random: systemRandom });
  } catch (error) {
    throw failureOf(error);
  }
}
