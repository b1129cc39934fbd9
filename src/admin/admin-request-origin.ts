// SPDX-License-Identifier: Apache-2.0

/**
 * Keeps web pages out of the admin server, which has no passwords: a page in an operator's browser can reach loopback,
 * by a form or a script (its `Origin` gives it away) or under a name of its own that resolves to 127.0.0.1 (its `Host`
 * does: DNS rebinding).
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { printableLine } from '../values/index.ts';

/**
 * Why a request is refused, in one line; null when it may pass. On loopback the host must be an IP address or
 * `localhost`; elsewhere any, since scrapers use names of Services.
 */
export function refusalOf(headers: IncomingHttpHeaders, isLoopback: boolean): string | null {
  const host = headers.host ?? '';
  const name = hostName(host);
  if (isLoopback && name !== 'localhost' && isIP(name) === 0) {
    return `the host "${quoted(host)}" is not served here; use the address itself`;
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return `pages of ${quoted(origin)} may not ask here`;
  if (headers['sec-fetch-site'] === 'cross-site') return 'pages of other sites may not ask here';
  return null;
}

/** Without port and brackets, lower case. */
function hostName(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host) ?? [];
  return (bracketed ?? plain ?? '').toLowerCase();
}

/** Long enough to recognise, no longer: whoever asks may have made it up. */
function quoted(text: string): string {
  return printableLine(text.slice(0, 80));
}
