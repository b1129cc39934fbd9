// SPDX-License-Identifier: Apache-2.0

import { isMap, isSeq, parseAllDocuments } from 'yaml';
import { nodeFieldName } from './node-field-name.ts';

type Path = readonly (string | number)[];

/** The paths of the fields that are written twice, per value of the document. Parses the text: for texts that have some. */
export function repeatedFields(text: string): readonly (readonly Path[])[] {
  const documents = [...parseAllDocuments(text, { prettyErrors: false, merge: true, uniqueKeys: false })];
  return documents.map(({ contents }) => {
    const found: Path[] = [];
    collect(contents, [], found);
    return found;
  });
}

function collect(node: unknown, path: Path, found: Path[]): void {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) collect(item, [...path, index], found);
    return;
  }
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    const name = nodeFieldName(key);
    // Several merges are no repetition: kubectl's YAML library follows all of them.
    if (name !== '<<' && seen.has(name)) found.push([...path, name]);
    seen.add(name);
    collect(value, [...path, name], found);
  }
}
