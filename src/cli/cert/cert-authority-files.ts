// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  type CertificateAuthority,
  createAuthority,
  type DevelopmentCa,
  loadAuthority,
  openDevelopmentCa,
} from '../../demo/index.ts';
import { fileFault } from '../../errors/index.ts';
import { systemClock } from '../../time/index.ts';
import { defaultStateDirectory } from '../../values/index.ts';
import { couldNotRun } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { writePair } from './cert-files.ts';

export interface CaOptions {
  readonly stateDir?: string;
  readonly out?: string;
  readonly name: string;
  readonly days: number;
  readonly force?: boolean;
}

/** `cert ca`: says where the development CA is, or writes a new authority to `--out`. */
export async function showOrMakeAuthority(terminal: Terminal, options: CaOptions): Promise<void> {
  if (options.out === undefined) {
    const ca = await openState(options.stateDir);
    terminal.out(`${ca.certificateFile}\n`);
    terminal.err(
      `The development CA, valid until ${new Date(ca.authority.notAfterMs).toISOString()}. Its key: ${ca.keyFile}\n`,
    );
    return;
  }
  const authority = await createAuthority(options.name, { nowMs: systemClock.wallMs(), days: options.days });
  const files = { certificate: join(options.out, 'ca.crt'), key: join(options.out, 'ca.key') };
  await writePair(authority.pair, files, { overwrite: options.force ?? false });
  terminal.out(`${files.certificate}\n${files.key}\n`);
}

/** The development CA of a state directory. Rejects when it cannot be read or made. */
export function openState(stateDirectory: string | undefined): Promise<DevelopmentCa> {
  const folder = stateDirectory ?? defaultStateDirectory(process.env, homedir());
  return openDevelopmentCa({ stateDirectory: folder, nowMs: systemClock.wallMs() });
}

/** The authority in two PEM files; exit code 3 when they cannot be read or do not fit. */
export async function readAuthorityFiles(certificateFile: string, keyFile: string): Promise<CertificateAuthority> {
  try {
    return loadAuthority({ chain: await readFile(certificateFile, 'utf8'), key: await readFile(keyFile, 'utf8') });
  } catch (error) {
    throw couldNotRun(`the CA ${certificateFile} with the key ${keyFile} cannot be used: ${fileFault(error)}`);
  }
}
