// SPDX-License-Identifier: Apache-2.0

/**
 * Keys of a ring as text, one a line, `CREATED SECRET`: an ISO 8601 time and 32 bytes in base64url. A line `# format N` says how they are
 * written, for processes of several versions read the same; without one it is format 1. Other lines that begin with # and empty ones say nothing.
 */
import { MAX_RING_KEYS, RING_KEY_BYTES, ringKey } from '../../proxy/index.ts';

type Key = ReturnType<typeof ringKey>;

/** What has another meaning needs another number, and in a Secret another entry: processes of the version before go on with theirs. */
const FORMAT = 1;
const FORMAT_LINE = /^# format (\d+)$/m;

/** They were written by another version, in a format of its own: they are left as they are. */
export class UnknownKeyFormat extends Error {}

/**
 * @param place for the message of the Error that is thrown for what is no key, or for more than a ring has.
 * @throws UnknownKeyFormat
 */
export function parseKeys(text: string, place: string): readonly Key[] {
  const format = Number(FORMAT_LINE.exec(text)?.[1] ?? FORMAT);
  if (format !== FORMAT) {
    throw new UnknownKeyFormat(`${place} is in format ${format}, of another version; this one knows format ${FORMAT}`);
  }
  const lines = text.split('\n').map((line, at) => ({ line: line.trim(), number: at + 1 }));
  const keys = lines
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, number }) => parseKey(line, `${place}:${number}`));
  if (keys.length > MAX_RING_KEYS) throw new Error(`${place} holds more than ${MAX_RING_KEYS} keys`);
  return keys;
}

export function formatKeys(keys: readonly Key[]): string {
  const lines = keys.map(
    ({ createdAtMs, secret }) =>
      `${new Date(createdAtMs).toISOString()} ${Buffer.from(secret).toString('base64url')}\n`,
  );
  return [`# format ${FORMAT}\n`, ...lines].join('');
}

function parseKey(line: string, place: string): Key {
  const [created = '', text = '', ...rest] = line.split(/\s+/);
  const createdAtMs = Date.parse(created);
  const secret = Buffer.from(text, 'base64url');
  if (Number.isNaN(createdAtMs) || secret.length !== RING_KEY_BYTES || rest.length > 0) {
    throw new Error(`${place}: not a time and ${RING_KEY_BYTES} bytes in base64url`);
  }
  return ringKey(secret, createdAtMs);
}
