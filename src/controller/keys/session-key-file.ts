// SPDX-License-Identifier: Apache-2.0

/** Session keys in a file, so that sessions outlive a restart and are shared by processes that read the same file. */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../files/index.ts';
import type { KeyStore, SessionKey } from '../../proxy/index.ts';
import { formatKeys, parseKeys } from './key-text.ts';

/** Of the file: far above that of `MAX_RING_KEYS` lines. */
const MAX_FILE_BYTES = 16_384;
const HEADER =
  '# Keys of daemun session tokens. Whoever has them can choose the endpoint of a session. Newest first.\n';

/** Its methods throw what the file system says, and an Error that names the line for what is no key. */
export class SessionKeyFile implements KeyStore {
  readonly #path: string;
  #wasThere = false;

  /** `path`: made with its folder when it is first saved, readable by its owner alone. */
  constructor(path: string) {
    this.#path = path;
  }

  load(): readonly SessionKey[] {
    const text = this.#read();
    this.#wasThere = text !== null;
    return parseKeys(text ?? '', this.#path);
  }

  save(keys: readonly SessionKey[]): void {
    makeFolder(dirname(this.#path));
    const draft = `${this.#path}.${randomUUID()}`;
    try {
      writeFileSync(draft, HEADER + formatKeys(keys), { mode: 0o600, flag: 'wx' });
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
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
