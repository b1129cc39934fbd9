// SPDX-License-Identifier: Apache-2.0

/**
 * Session tokens that clients bring. Promised: no exception; a token that was not written by us is none, whether it comes
 * as it is or behind the signature of a key that its writer does not have; one of ours reads as it was written.
 */
import { macKey } from '../../../src/proxy/filters/session-key.ts';
import { isRenewalDue, readToken, writeToken } from '../../../src/proxy/filters/session-token.ts';
import { type FuzzTarget, promise } from '../target.ts';

const NOW_MS = 1_800_000_000_000;
const ID = Buffer.from('abcd');
const KEY = macKey({ id: ID, secret: Buffer.alloc(32, 1), createdAtMs: 0 });
const OTHER = macKey({ id: ID, secret: Buffer.alloc(32, 2), createdAtMs: 0 });
const TOKEN = { backend: 7, endpoint: '127.0.0.1:80', startedAtMs: NOW_MS - 5, issuedAtMs: NOW_MS };
const OURS = writeToken(TOKEN, 'p', [KEY]);

export const sessionTokenTarget: FuzzTarget = {
  name: 'session-token',
  dictionary: ['=', '-', '_', '+', '/', 'AWFiY2Q', OURS].map(text => Buffer.from(text)),
  seeds: [OURS, writeToken(TOKEN, 'other', [KEY]), writeToken(TOKEN, 'p', [OTHER]), ''].map(text => Buffer.from(text)),
  run(input) {
    const text = input.toString('latin1');
    const reading = { keys: [KEY], nowMs: NOW_MS };
    const token = readToken(text, 'p', reading);
    const isOurs = Buffer.from(text, 'base64url').equals(Buffer.from(OURS, 'base64url'));
    promise((token !== null) === (isOurs && text.length <= 256), 'only what we wrote is a token');
    if (token !== null) promise(JSON.stringify(token) === JSON.stringify(TOKEN), 'a token reads as it was written');
    readSigned(input);
  },
};

/** What lies behind a signature is read too: a body of the input's making. */
function readSigned(input: Buffer): void {
  const at = (index: number): number => input[index] ?? 0;
  const token = {
    backend: at(2) * 0x01010101,
    endpoint: input.toString('latin1', 3, 60),
    startedAtMs: NOW_MS - at(0) * 1e8,
    issuedAtMs: NOW_MS + (at(1) - 128) * 1e7,
  };
  const text = writeToken(token, 'p', [KEY]);
  const read = readToken(text, 'p', { keys: [KEY], nowMs: NOW_MS });
  promise(read === null || JSON.stringify(read) === JSON.stringify(token), 'a body survives');
  if (read !== null) isRenewalDue(read, NOW_MS);
}
