// SPDX-License-Identifier: Apache-2.0

/** Folders and files on disk. In: paths and texts. Out: what the system says, and the version in package.json. Never: what users wrote. */
export { makeFolder } from './make-folder.ts';
export { packageVersion } from './package-version.ts';
export { closeFolder, closeToOthers, createFile, makePrivateFolder, replaceFile } from './private-file.ts';
