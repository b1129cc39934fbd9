// SPDX-License-Identifier: Apache-2.0

import type * as http from 'node:http';
import type * as tls from 'node:tls';

/**
 * `node:http`, loaded when it is first asked for. By `import` it brings Node's own client of HTTP along, 13 MiB resident, for an import
 * reads every export of a module, and one of this one's (`WebSocket`) is made when it is read.
 */
export function nodeHttp(): typeof http {
  return process.getBuiltinModule('node:http');
}

/** `node:tls`, loaded when it is first asked for: a thread that speaks none has 3 MiB less without it. */
export function nodeTls(): typeof tls {
  return process.getBuiltinModule('node:tls');
}
