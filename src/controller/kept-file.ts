// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, constants as fsConstants } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, constants as zlibConstants } from 'node:zlib';
import { makePrivateFolder } from '../files/index.ts';
import type { WorldKeeper } from '../store/index.ts';
import { DEFAULT_CONTROLLER_NAME } from './kubernetes-options.ts';

/** Of the file, which may be in the memory of a Pod: 20,000 routes are 3 MiB. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;
/** Of its text: what is packed more tightly was not written by us. */
const MAX_KEPT_TEXT_BYTES = 256 * 1024 * 1024;
interface Caps {
  readonly fileBytes: number;
  readonly textBytes: number;
}
const CAPS: Caps = { fileBytes: MAX_KEPT_BYTES, textBytes: MAX_KEPT_TEXT_BYTES };

/** A draft that nobody wrote to for so long is of a process that was killed. */
const MAX_DRAFT_AGE_MS = 600_000;

/** The file that was saved last: whatever else is in its place is another process's, which may have the number of ours, once that is gone. */
interface Saved {
  readonly ino: number;
  readonly dev: number;
  readonly size: number;
  readonly textBytes: number;
}

/** Who reads sees where the text ends; what was appended last may be cut off. */
const CUT_OFF_IS_AN_END = { finishFlush: zlibConstants.Z_SYNC_FLUSH };
/** Fast rather than small. */
const GZIP_LEVEL = 1;

/** Of tmpfs and ramfs, as statfs(2) says them: what is there never reaches a disk. */
const MEMORY_FILE_SYSTEMS: ReadonlySet<number> = new Set([0x0102_1994, 0x8584_58f6]);

/** The world of a store in a file of the state directory, readable by its owner alone. One writer at a time. */
export class KeptFile implements WorldKeeper {
  readonly place: string;
  /** Where it was kept before each controller had a file of its own; null: there. */
  readonly #placeBefore: string | null;
  readonly #draft: string;

  readonly #caps: Caps;
  #saved: Saved | null = null;

  /** `folder`: made when something is kept first. `controllerName`: each has a file of its own, of which one at a time is the writer. */
  constructor(folder: string, controllerName: string, caps: Caps = CAPS) {
    this.#caps = caps;
    const common = join(folder, 'kept-cluster.gz');
    this.place =
      controllerName === DEFAULT_CONTROLLER_NAME ? common : join(folder, `kept-cluster.${digestOf(controllerName)}.gz`);
    this.#placeBefore = this.place === common ? null : common;
    this.#draft = join(folder, `.${basename(this.place)}.${process.pid}`);
  }

  async load(): Promise<string | null> {
    const kept = await this.#read(this.place);
    return kept ?? (this.#placeBefore === null ? null : this.#read(this.#placeBefore));
  }

  async #read(place: string): Promise<string | null> {
    const size = await stat(place).then(found => found.size, absent);
    if (size === null) return null;
    if (size > this.#caps.fileBytes) throw new Error(`it has ${size} bytes, more than is ever kept`);
    const parts: Buffer[] = [];
    await pipeline(
      createReadStream(place),
      createGunzip(CUT_OFF_IS_AN_END),
      new AtMost(this.#caps.textBytes),
      async source => {
        for await (const part of source) parts.push(part as Buffer);
      },
    );
    return Buffer.concat(parts).toString();
  }

  async save(texts: Iterable<string>): Promise<void> {
    await makePrivateFolder(dirname(this.place));
    const text = new AtMost(this.#caps.textBytes);
    try {
      await pipeline(
        Readable.from(texts, { objectMode: false }),
        text,
        createGzip({ level: GZIP_LEVEL }),
        new AtMost(this.#caps.fileBytes),
        createWriteStream(this.#draft, { mode: 0o600 }),
      );
      const { ino, dev, size, mtimeMs } = await stat(this.#draft);
      await rename(this.#draft, this.place);
      this.#saved = { ino, dev, size, textBytes: text.passed };
      await this.#removeLeftDrafts(mtimeMs).catch(() => undefined);
    } catch (error) {
      await rm(this.#draft, { force: true });
      throw error;
    }
  }

  /** Of processes with other numbers. `nowMs`: as the file system has it. */
  async #removeLeftDrafts(nowMs: number): Promise<void> {
    const folder = dirname(this.place);
    const start = `.${basename(this.place)}.`;
    for (const name of await readdir(folder)) {
      if (!name.startsWith(start)) continue;
      const draft = join(folder, name);
      const { mtimeMs } = await stat(draft);
      if (nowMs - mtimeMs > MAX_DRAFT_AGE_MS) await rm(draft, { force: true });
    }
  }

  /** Adds a member to the file, which are read as one text. */
  async append(texts: Iterable<string>): Promise<boolean> {
    const file = await open(this.place, fsConstants.O_WRONLY | fsConstants.O_APPEND).catch(absent);
    if (file === null) return false;
    try {
      const { ino, dev, size } = await file.stat();
      const saved = this.#saved;
      if (ino !== saved?.ino || dev !== saved.dev || size !== saved.size) return false;
      return await this.#appendTo(file, saved, texts);
    } finally {
      await file.close();
    }
  }

  /** All of it or nothing; false: it is too large. */
  async #appendTo(file: FileHandle, saved: Saved, texts: Iterable<string>): Promise<boolean> {
    const text = new AtMost(this.#caps.textBytes - saved.textBytes);
    const packed = new AtMost(this.#caps.fileBytes - saved.size);
    try {
      await pipeline(
        Readable.from(texts, { objectMode: false }),
        text,
        createGzip({ level: GZIP_LEVEL }),
        packed,
        async source => {
          for await (const part of source) await file.appendFile(part as Buffer);
        },
      );
    } catch (error) {
      await file.truncate(saved.size);
      if (error instanceof TooLarge) return false;
      throw error;
    }
    this.#saved = { ...saved, size: saved.size + packed.passed, textBytes: saved.textBytes + text.passed };
    return true;
  }

  async takesSecrets(): Promise<boolean> {
    await makePrivateFolder(dirname(this.place));
    return MEMORY_FILE_SYSTEMS.has((await statfs(dirname(this.place))).type);
  }
}

/** Names of controllers hold slashes, and may be longer than those of files. */
function digestOf(controllerName: string): string {
  return createHash('sha256').update(controllerName).digest('hex').slice(0, 16);
}

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}

/** Passes bytes on; fails at one too many, with `TooLarge`. */
class AtMost extends Transform {
  readonly #bytes: number;
  passed = 0;

  constructor(bytes: number) {
    super();
    this.#bytes = bytes;
  }

  override _transform(part: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.passed += part.length;
    if (this.passed > this.#bytes) done(new TooLarge(`more than ${this.#bytes} bytes are not kept`));
    else done(null, part);
  }
}

class TooLarge extends Error {}
