// SPDX-License-Identifier: Apache-2.0

/** Folders and private files on disk. In: paths and texts. Out: nothing but what the system says. Never: what is in them. */
export { makeFolder } from './make-folder.ts';
export { closeFolder, closeToOthers, createFile, makePrivateFolder, replaceFile } from './private-file.ts';
