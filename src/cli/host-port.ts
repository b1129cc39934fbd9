// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';

/** `host:port`, `[v6]:port` or `:port`, where host is an IP address or localhost; without one it is 127.0.0.1. undefined: it is none of these. */
export function readHostPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, host = '', portText = ''] = /^(.*):(\d+)$/.exec(text) ?? [];
  const bare = host.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1';
  const port = Number(portText);
  const isHost = isIP(bare) !== 0 || bare === 'localhost';
  return portText !== '' && port <= 65_535 && isHost ? { host: bare, port } : undefined;
}
