// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT } from './exit-code.ts';
import { type OutputFormat, writeData } from './output-format.ts';
import type { Terminal } from './terminal.ts';

/** The Gateway API release whose types and rules are built in. */
const GATEWAY_API = 'v1.7.0';

/** The version in package.json, found upwards from this file: it is one level deeper in a built package. */
export function packageVersion(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null && 'version' in value) return String(value.version);
  }
  return 'unknown';
}

/** `version`: of daemun, of the Gateway API it speaks, and of Node.js. */
export function runVersion(options: { readonly output: OutputFormat }, terminal: Terminal): number {
  const versions = { daemun: packageVersion(), gatewayApi: GATEWAY_API, node: process.version };
  if (writeData(terminal, options.output, versions)) return EXIT.ok;
  terminal.out(`daemun ${versions.daemun} (Gateway API ${versions.gatewayApi}, Node.js ${versions.node})\n`);
  return EXIT.ok;
}
