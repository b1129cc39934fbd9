// SPDX-License-Identifier: Apache-2.0

import { holderOf } from './der.ts';

/** A block of PEM (RFC 7468) as an API server finds them: what else stands in the text is passed over. */
const BLOCK = /^-----BEGIN ([^\n]*?)-----[ \t]*\r?\n((?:(?!^-----BEGIN )[\s\S])*?)^-----END \1-----/gm;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What is wrong with the first block of a bundle that is no trust anchor, or with the bundle; undefined: nothing. */
export function trustAnchorsFault(pem: string): { readonly message: string; readonly help: string } | undefined {
  const seen = new Map<string, number>();
  let at = 0;
  for (const [, label = '', body = ''] of pem.matchAll(BLOCK)) {
    const hasHeaders = body.includes(':');
    const base64 = body.replaceAll(/[\s]/g, '');
    // What cannot be decoded is no block to an API server.
    if (!hasHeaders && !BASE64.test(base64)) continue;
    const name = `block ${++at}`;
    if (label !== 'CERTIFICATE')
      return { message: `${name} is a ${label.slice(0, 40)}, no CERTIFICATE`, help: 'leave certificates alone in it' };
    if (hasHeaders) return { message: `${name} has headers`, help: 'take out the lines with a colon' };
    const holder = holderOf(Uint8Array.from(atob(base64), byte => byte.charCodeAt(0)));
    if (holder === undefined)
      return {
        message: `${name} is no X.509 certificate`,
        help: 'write it anew from a file that openssl x509 can read',
      };
    if (holder === 'other')
      return {
        message: `${name} is no authority's certificate`,
        help: 'write the certificate of the authority (CA:TRUE), not of a server',
      };
    const other = seen.get(base64);
    if (other !== undefined)
      return { message: `${name} is the same as block ${other}`, help: 'write each certificate once' };
    seen.set(base64, at);
  }
  if (seen.size > 0) return undefined;
  return {
    message: 'has no certificate in PEM',
    help: 'write at least one block that begins with -----BEGIN CERTIFICATE-----',
  };
}
