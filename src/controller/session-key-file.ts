// SPDX-License-Identifier: Apache-2.0

/**
 * Session keys in a file, so that sessions outlive a restart and are shared by processes that read the same file. One key a
 * line, `CREATED SECRET`: an ISO 8601 time and 32 bytes in base64url. Lines that begin with # and empty ones say nothing.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../files/index.ts';
import {
  MAX_SESSION_KEYS,
  SESSION_SECRET_BYTES,
  type SessionKey,
  type SessionKeyStore,
  sessionKey,
} from '../proxy/index.ts';

/** Of the file: far above that of `MAX_SESSION_KEYS` lines. */
const MAX_FILE_BYTES = 16_384;
const HEADER =
  '# Keys of daemun session tokens. Whoever has them can choose the endpoint of a session. Newest first.\n';

/** Its methods throw what the file system says, and an Error that names the line for what is no key. */
export class SessionKeyFile implements SessionKeyStore {
  readonly #path: string;
  #wasThere = false;

  /** `path`: made with its folder when it is first saved, readable by its owner alone. */
  constructor(path: string) {
    this.#path = path;
  }

  load(): readonly SessionKey[] {
    const text = this.#read();
    this.#wasThere = text !== null;
    const lines = (text ?? '').split('\n').map((line, at) => ({ line: line.trim(), number: at + 1 }));
    const keys = lines
      .filter(({ line }) => line !== '' && !line.startsWith('#'))
      .map(({ line, number }) => this.#parse(line, number));
    if (keys.length > MAX_SESSION_KEYS) throw new Error(`${this.#path} holds more than ${MAX_SESSION_KEYS} keys`);
    return keys;
  }

  save(keys: readonly SessionKey[]): void {
    makeFolder(dirname(this.#path));
    const lines = keys.map(
      ({ createdAtMs, secret }) =>
        `${new Date(createdAtMs).toISOString()} ${Buffer.from(secret).toString('base64url')}\n`,
    );
    const draft = `${this.#path}.${randomUUID()}`;
    try {
      writeFileSync(draft, HEADER + lines.join(''), { mode: 0o600, flag: 'wx' });
      if (this.#wasThere) renameSync(draft, this.#path);
      else this.#place(draft);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** What another process has put there since is left. */
  #place(draft: string): void {
    try {
      linkSync(draft, this.#path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }

  #read(): string | null {
    try {
      const { size } = statSync(this.#path);
      if (size > MAX_FILE_BYTES)
        throw new Error(`${this.#path} has ${size} bytes: no file of session keys is so large`);
      return readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  #parse(line: string, number: number): SessionKey {
    const [created = '', text = '', ...rest] = line.split(/\s+/);
    const createdAtMs = Date.parse(created);
    const secret = Buffer.from(text, 'base64url');
    if (Number.isNaN(createdAtMs) || secret.length !== SESSION_SECRET_BYTES || rest.length > 0) {
      throw new Error(`${this.#path}:${number}: not a time and ${SESSION_SECRET_BYTES} bytes in base64url`);
    }
    return sessionKey(secret, createdAtMs);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
