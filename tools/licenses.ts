// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the package that a file of `node_modules` belongs to. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/**
 * Name, version and licence of each package that `files` (paths below `root`) belong to, in the order of names. The licence is
 * the file of that name, or what the package's files begin with.
 *
 * @throws Error when a package comes with neither: it could not be passed on.
 */
export function licensesOf(root: string, files: readonly string[]): string {
  const folders = Map.groupBy(files, file => PACKAGE.exec(file)?.[0]);
  const texts = [...folders].flatMap(([folder, own]) =>
    folder === undefined ? [] : [licenseOf(join(root, folder), () => own.map(file => join(root, file)))],
  );
  return texts.sort().join(`\n${'-'.repeat(80)}\n\n`);
}

function licenseOf(folder: string, files: () => readonly string[]): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? noticesIn(files()) : readFileSync(join(folder, file), 'utf8').trim();
  if (text === '') throw new Error(`${name} ${version} comes without the text of its licence`);
  return `${name} ${version}, ${license}\n\n${text}\n`;
}

/** The distinct lines of comment that files begin with. */
function noticesIn(files: readonly string[]): string {
  const notices = files.map(
    file => /^(?:\/\/.*\n)*/.exec(readFileSync(file, 'utf8'))?.[0].replaceAll(/^\/\/ ?/gm, '') ?? '',
  );
  return [...new Set(notices)].join('\n').trim();
}
