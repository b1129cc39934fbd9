// SPDX-License-Identifier: Apache-2.0
import { packageVersion } from '../files/index.ts';
import { EXIT } from './exit-code.ts';
import { type OutputFormat, writeData } from './output-format.ts';
import type { Terminal } from './terminal.ts';

/** The Gateway API release whose types and rules are built in. */
const GATEWAY_API = 'v1.7.0';

/** `version`: of daemun, of the Gateway API it speaks, and of Node.js. */
export function runVersion(options: { readonly output: OutputFormat }, terminal: Terminal): number {
  const versions = { daemun: packageVersion(), gatewayApi: GATEWAY_API, node: process.version };
  if (writeData(terminal, options.output, versions)) return EXIT.ok;
  terminal.out(`daemun ${versions.daemun} (Gateway API ${versions.gatewayApi}, Node.js ${versions.node})\n`);
  return EXIT.ok;
}
