// SPDX-License-Identifier: Apache-2.0

/** Files that hold private keys: nobody but their owner reads them, whatever stood in their place. */
import { randomBytes } from 'node:crypto';
import { chmod, open, rename, rm, stat } from 'node:fs/promises';
import { makeFolder } from './make-folder.ts';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/**
 * Writes a file, in one step for those who read it. A file that is there is replaced, not written into: neither its
 * permissions nor a link that stands there are kept. Rejects when the folder cannot be written.
 */
export async function replaceFile(path: string, text: string, mode: number = OWNER_ONLY): Promise<void> {
  const fresh = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    await createFile(fresh, text, mode);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Writes a file that is not there; rejects with EEXIST when anything is, a link too. */
export async function createFile(path: string, content: string | Uint8Array, mode: number = OWNER_ONLY): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

/** Makes a folder for private files, or closes the one that is there. Rejects as `closeFolder` does. */
export async function makePrivateFolder(path: string): Promise<void> {
  makeFolder(path);
  await closeFolder(path);
}

/** Closes a folder to others. Rejects when it belongs to someone else: in a folder such as /tmp anyone may have made it. */
export async function closeFolder(path: string): Promise<void> {
  const { uid, mode } = await stat(path);
  const ownId = process.getuid?.();
  if (ownId !== undefined && uid !== ownId) throw new Error(`${path} belongs to another user (id ${uid})`);
  if ((mode & OTHERS) !== 0) await chmod(path, 0o700);
}

/** Closes a private file to others that was left open to them. */
export async function closeToOthers(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & OTHERS) !== 0) await chmod(path, OWNER_ONLY);
}
