// SPDX-License-Identifier: Apache-2.0

/** A file of a support bundle. */
export interface BundleFile {
  readonly name: string;
  readonly text: string;
}

/** A file that is larger is cut at its end, which is said there: a bundle is sent by mail. */
const MAX_FILE_LENGTH = 16 * 1024 * 1024;

/** The file, cut where it is too large. */
export function bundleFile(name: string, text: string): BundleFile {
  if (text.length <= MAX_FILE_LENGTH) return { name, text };
  return { name, text: `${text.slice(0, MAX_FILE_LENGTH)}\n… cut: ${text.length - MAX_FILE_LENGTH} characters more\n` };
}

/** A file of JSON. */
export function jsonFile(name: string, value: unknown): BundleFile {
  return bundleFile(name, `${JSON.stringify(value, null, 2)}\n`);
}
