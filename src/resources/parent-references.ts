// SPDX-License-Identifier: Apache-2.0

import type { ParentReference } from './references.ts';
import { parentReference } from './references.ts';
import { list, refuse } from './vocabulary.ts';

/**
 * The parents of a route. When several references name one parent, all of them must say which part of it by the same
 * means (sectionName, port or both), and no two may mean the same part.
 */
export const parentReferences = list(parentReference, { max: 32 }).check(context => {
  if (context.value.length < 2) return;
  const parents = new Map<string, { index: number; means: string; parts: Map<string, number> }>();
  for (const [index, reference] of context.value.entries()) {
    const parent = parentKey(reference);
    const means = meansOf(reference);
    const part = `${reference.sectionName ?? ''} ${reference.port ?? ''}`;
    const known = parents.get(parent);
    if (known === undefined) {
      parents.set(parent, { index, means, parts: new Map([[part, index]]) });
      continue;
    }
    const same = known.parts.get(part);
    if (same !== undefined) {
      refuse(context, {
        code: 'schema/parent-duplicate',
        path: [index],
        message: `names the same part of ${reference.kind} ${reference.name} as item ${same}`,
        help: 'remove one of them, or give each a sectionName of its own',
      });
    } else if (known.means !== means) {
      refuse(context, {
        code: 'schema/parent-ambiguous',
        path: [index],
        message: `${reference.kind} ${reference.name} is named by ${means} here and by ${known.means} in item ${known.index}`,
        help: 'give all references to one parent a sectionName, or all of them a port',
      });
    }
    known.parts.set(part, index);
  }
});

function parentKey({ group, kind, namespace, name }: ParentReference): string {
  return JSON.stringify([group, kind, namespace ?? null, name]);
}

function meansOf({ sectionName, port }: ParentReference): string {
  if (sectionName === undefined) return port === undefined ? 'name alone' : 'port';
  return port === undefined ? 'sectionName' : 'sectionName and port';
}
