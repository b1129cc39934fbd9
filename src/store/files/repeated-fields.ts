// SPDX-License-Identifier: Apache-2.0

import { type WrittenNode, WrittenNodes } from './written-nodes.ts';

type Path = readonly (string | number)[];

/** The paths of the fields that are written twice, per value of the document. Parses the text: for texts that have some. */
export function repeatedFields(text: string): readonly (readonly Path[])[] {
  const nodes = new WrittenNodes(text);
  return nodes.roots.map(root => {
    const found: Path[] = [];
    if (root !== undefined) collect(nodes, { node: root, path: [] }, found);
    return found;
  });
}

function collect(nodes: WrittenNodes, { node, path }: { node: WrittenNode; path: Path }, found: Path[]): void {
  for (const [index, item] of (nodes.itemsOf(node) ?? []).entries()) {
    collect(nodes, { node: item, path: [...path, index] }, found);
  }
  const seen = new Set<string>();
  for (const { name, value } of nodes.fieldsOf(node) ?? []) {
    if (name === undefined) continue;
    // Several merges are no repetition: kubectl's YAML library follows all of them.
    if (name !== '<<' && seen.has(name)) found.push([...path, name]);
    seen.add(name);
    collect(nodes, { node: value, path: [...path, name] }, found);
  }
}
