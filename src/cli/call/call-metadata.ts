// SPDX-License-Identifier: Apache-2.0

import { Metadata } from '@grpc/grpc-js';
import { usageError } from '../exit-code.ts';

/** With or without padding, in either alphabet, as grpcurl takes it. */
const BASE64 = /^[\w+/-]*={0,2}$/;

/** `NAME: VALUE` texts as metadata; values of `-bin` names are base64. Throws a usage error. */
export function parseMetadata(headers: readonly string[]): Metadata {
  const metadata = new Metadata();
  for (const header of headers) {
    const colon = header.indexOf(':');
    const name = header.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = header.slice(colon + 1).trim();
    if (name === '') throw usageError(`-H "${header}": not NAME: VALUE`);
    if (name.endsWith('-bin') && !BASE64.test(value)) {
      throw usageError(`-H "${header}": values of names in -bin are base64`);
    }
    try {
      metadata.add(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
    } catch (error) {
      throw usageError(`-H "${header}": ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return metadata;
}

/** One `name: value` line for each entry, binary values in base64; `(empty)` when there are none. As grpcurl prints it. */
export function formatMetadata(metadata: Metadata | undefined): string {
  const lines = Object.keys(metadata?.getMap() ?? {})
    .sort()
    .flatMap(name => (metadata?.get(name) ?? []).map(value => `${name}: ${textOf(value)}\n`));
  return lines.length === 0 ? '(empty)\n' : lines.join('');
}

function textOf(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('base64').replace(/=+$/, '');
}
