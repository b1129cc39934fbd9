// SPDX-License-Identifier: Apache-2.0

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CertificatePair } from '../demo/index.ts';
import { couldNotRun } from './exit-code.ts';

export interface PairFiles {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Writes a certificate and its key (readable by their owner only), directories included. Exit code 3 when a file is
 * there already and `overwrite` is false, or cannot be written; then the certificate is not written either.
 */
export async function writePair(
  pair: CertificatePair,
  files: PairFiles,
  options: { readonly overwrite: boolean },
): Promise<void> {
  const flag = options.overwrite ? 'w' : 'wx';
  try {
    await mkdir(dirname(files.key), { recursive: true });
    await writeFile(files.key, pair.key, { flag, mode: 0o600 });
    await writeFile(files.certificate, pair.chain, { flag });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST')
      throw couldNotRun(`${files.key} or ${files.certificate} is there already`, 'Overwrite it with --force.');
    throw couldNotRun(error instanceof Error ? error.message : String(error));
  }
}

/** The pair as a `kubernetes.io/tls` Secret, as `kubectl create secret tls --dry-run=client -o yaml` prints it. */
export function secretYaml(pair: CertificatePair, ref: { readonly namespace: string; readonly name: string }): string {
  return [
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    `  name: ${ref.name}`,
    `  namespace: ${ref.namespace}`,
    'type: kubernetes.io/tls',
    'data:',
    `  tls.crt: ${Buffer.from(pair.chain).toString('base64')}`,
    `  tls.key: ${Buffer.from(pair.key).toString('base64')}`,
    '',
  ].join('\n');
}
